/**
 * The bounds that the figures are held against, as data.
 *
 * @module
 */

/** A bound on one figure, or on one figure divided by another. */
export interface Target {
  readonly subject: string;
  /** What the subject is divided by; undefined: the figure itself counts. */
  readonly over?: string;
  readonly most?: number;
  readonly least?: number;
  readonly unit?: string;
}

export const DENO = "deno run, empty file";
export const CHECK = "csc check";
export const RUN = "csc run, hardened and signed";
export const RUN_NODE = "csc run of node -e 0";
export const CHAIN = "bwrap + setpriv + prlimit";
export const FIREJAIL = "firejail";
export const FIREJAIL_NODE = "firejail with node -e 0";
export const IN_PROCESS = "launcher and bridge, in process";
export const EVALUATIONS = "evaluations in one process";
export const OUTPUT = "1 GiB of output through csc";
export const OUTPUT_CAT = "1 GiB of output to cat";
export const MEMORY = "peak memory of csc for true";

export const TARGETS: readonly Target[] = [
  { subject: RUN, over: DENO, most: 2.2 },
  { subject: RUN, over: FIREJAIL, most: 0.75 },
  { subject: RUN_NODE, over: FIREJAIL_NODE, most: 0.75 },
  { subject: CHECK, over: DENO, most: 1.6 },
  { subject: IN_PROCESS, over: CHAIN, most: 0.5 },
  { subject: EVALUATIONS, least: 20_000, unit: "/s" },
  { subject: OUTPUT, over: OUTPUT_CAT, least: 0.5 },
  { subject: MEMORY, most: 60, unit: " MiB" },
];

/** A target with what was reached. */
export interface Verdict extends Target {
  /** NaN where it was not measured. */
  readonly reached: number;
  readonly met: boolean;
}

/** Holds the figures against every target. */
export function judge(figures: ReadonlyMap<string, number>): Verdict[] {
  return TARGETS.map((target) => {
    const { subject, over, most = Infinity, least = -Infinity } = target;
    const figure = figures.get(subject) ?? NaN;
    const reached = over === undefined
      ? figure
      : figure / (figures.get(over) ?? NaN);
    return { ...target, reached, met: reached <= most && reached >= least };
  });
}

/** One line about a target, for a person. */
export function verdictLine(verdict: Verdict): string {
  const { subject, over, most, least, unit = "", reached, met } = verdict;
  const what = over === undefined ? subject : `${subject} / ${over}`;
  const bound = most === undefined ? `at least ${least}` : `at most ${most}`;
  if (Number.isNaN(reached)) return `${what}: not measured`;
  const digits = reached >= 100 ? 0 : 2;
  return `${what}: ${reached.toFixed(digits)}${unit} (${bound}${unit}): ${
    met ? "met" : "MISSED"
  }`;
}

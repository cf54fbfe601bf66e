/**
 * Reads a Dockerfile as far as ours goes, and refuses everything else, so that
 * no step can be left out of the test by not being understood.
 *
 * @module
 */

/** One instruction: its name and the rest of the line, joined. */
export interface Step {
  readonly name: string;
  readonly rest: string;
}

/** What stands between one FROM and the next. */
export interface Stage {
  readonly base: string;
  /** What other stages call it, or null. */
  readonly alias: string | null;
  readonly steps: readonly Step[];
}

const KNOWN = ["RUN", "COPY", "WORKDIR", "USER", "ENTRYPOINT", "CMD"];

/** Parses the text of a Dockerfile. */
export function parseDockerfile(text: string): Stage[] {
  const lines = text
    .replace(/^\s*#.*\n/gm, "")
    .replace(/\\\n/g, " ")
    .split("\n")
    .map((line) => line.trim().replace(/\s+/g, " "))
    .filter((line) => line !== "");
  const stages: { base: string; alias: string | null; steps: Step[] }[] = [];
  for (const line of lines) {
    const from = /^FROM (\S+)(?: AS (\S+))?$/.exec(line);
    if (from !== null) {
      stages.push({ base: from[1]!, alias: from[2] ?? null, steps: [] });
      continue;
    }
    const [, name = "", rest = ""] = /^(\S+) (.+)$/.exec(line) ?? [];
    const stage = stages.at(-1);
    if (stage === undefined || !KNOWN.includes(name)) {
      throw new Error(`Dockerfile: ${JSON.stringify(line)} is not understood`);
    }
    stage.steps.push({ name, rest });
  }
  return stages;
}

/** The words of a JSON list, the exec form of ENTRYPOINT and CMD. */
export function execForm(rest: string): string[] {
  return JSON.parse(rest) as string[];
}

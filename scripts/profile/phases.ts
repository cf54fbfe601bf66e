/**
 * From what a profiled csc says on standard error to phases.
 *
 * @module
 */

/** One phase of one start; all phases of it together are the whole time. */
export interface Phase {
  readonly name: string;
  readonly milliseconds: number;
}

/** One start, from outside and from within. */
export interface Start {
  /** When the process was started and when its end was seen, milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** When the first line came. */
  readonly firstLineAt: number;
  readonly said: string;
}

/** Deno's own marks that end a phase of ours, and what we call it. */
const BOOT: Readonly<Record<string, string>> = {
  "after flag parse": "Deno: flags",
  "after init_v8": "Deno: V8",
  "after worker_factory": "Deno: options and resolvers",
  "after create_main_worker": "Deno: isolate, context, bootstrap",
};
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  "µs": 1e-3,
  ms: 1,
  s: 1000,
};

function isLast({ name }: { readonly name: string }): boolean {
  return name === Object.keys(BOOT).at(-1);
}

/** Phases in order. Throws where a line that each start has is missing. Pure. */
export function phasesOf(start: Start): Phase[] {
  const { startedAt, endedAt, firstLineAt } = start;
  const boots = [
    ...start.said.matchAll(/^\[boot\] +(.+?) {2,}([\d.]+)(\S+)$/gm),
  ]
    .map(([, name = "", value, unit = ""]) => ({
      name,
      at: Number(value) * (UNITS[unit] ?? NaN),
    }));
  const [first] = boots;
  if (first?.name !== "main start") throw new Error("Deno tells no phases");
  const marks = [...start.said.matchAll(/^\[mark\] (.+) ([\d.]+)$/gm)];
  if (marks.length === 0) throw new Error("csc holds no marks");
  // It prints each line at once, so the first one's coming tells when main was,
  // unless the reader was kept waiting: csc's first mark comes after Deno's last.
  const main = Math.min(
    firstLineAt - first.at,
    Number(marks[0]?.[2]) - (boots.find(isLast)?.at ?? NaN),
  );
  const ends = [{ name: "exec, ld.so, entry routine", at: main }];
  for (const { name, at } of boots) {
    const phase = BOOT[name];
    if (phase !== undefined) ends.push({ name: phase, at: main + at });
  }
  if (ends.length !== Object.keys(BOOT).length + 1) {
    throw new Error("Deno tells other phases than those known");
  }
  for (const [, name = "", at] of marks) {
    ends.push({
      name: name === "first script" ? "loader and first script" : name,
      at: Number(at),
    });
  }
  ends.push({ name: "output and exit", at: endedAt });
  return ends.map(({ name, at }, index) => ({
    name,
    milliseconds: at - (ends[index - 1]?.at ?? startedAt),
  }));
}

/** Of which: steps that Deno times within its phases, milliseconds. Pure. */
export function stepsWithin(said: string): Phase[] {
  return [
    ...said.matchAll(
      /^\[startup\] *(.+?) {2,}([\d.]+)(\S+)$|^\[startup\] *(.+?) ([\d.]+)(ns|µs|ms|s)$/gm,
    ),
  ]
    .map(([, a, b, c, name = a ?? "", value = b, unit = c ?? ""]) => ({
      name,
      milliseconds: Number(value) * (UNITS[unit] ?? NaN),
    }));
}

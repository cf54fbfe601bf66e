/**
 * Where a start of csc goes, by phase: `deno task profile [-- --rounds=N]
 * [--json]`. Builds a csc with marks into a scratch folder; medians of
 * interleaved rounds (tests/README.md tells how to read them).
 *
 * @module
 */
import { median } from "./bench/timing.ts";
import { prepareWorkspace, type Workspace } from "./bench/workspace.ts";
import { buildProfiled } from "./profile/build.ts";
import {
  type Phase,
  phasesOf,
  type Start,
  stepsWithin,
} from "./profile/phases.ts";

const ROUNDS_DEFAULT = 20;
const WARM_UP = 3;
/** Steps shorter than this are left out of the table, milliseconds. */
const SHORTEST_STEP = 0.3;

/** Medians of one verb, milliseconds. */
interface Profile {
  readonly subject: string;
  readonly total: number;
  readonly phases: readonly Phase[];
  /** Deno's own steps; they lie within its phases. */
  readonly within: readonly Phase[];
}

function roundsAsked(): number {
  const flag = Deno.args.find((arg) => arg.startsWith("--rounds="));
  const rounds = Number(flag?.slice("--rounds=".length) ?? ROUNDS_DEFAULT);
  if (Number.isInteger(rounds) && rounds >= 1) return rounds;
  console.error(`profile: ${flag} is not a positive number`);
  Deno.exit(64);
}

function subjectsOf(space: Workspace): [name: string, args: string[]][] {
  return [
    ["version", ["version"]],
    ["check", ["check", space.contract, space.policy]],
    ["run", ["run", space.contract, space.policy, ...space.signing]],
  ];
}

const now = () => performance.timeOrigin + performance.now();

/** One start of a process; throws if it fails. */
async function start(program: string, args: string[]): Promise<Start> {
  const startedAt = now();
  const child = new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const ended = child.status.then(({ code }) => ({ code, endedAt: now() }));
  const decoder = new TextDecoder();
  let firstLineAt = NaN;
  let said = "";
  for await (const bytes of child.stderr) {
    if (said === "") firstLineAt = now();
    said += decoder.decode(bytes, { stream: true });
  }
  const { code, endedAt } = await ended;
  if (code !== 0) throw new Error(`csc ${args[0]}: exit code ${code}: ${said}`);
  return { startedAt, endedAt, firstLineAt, said };
}

/** Medians by name, in the order of the first round. */
function medians(rounds: readonly (readonly Phase[])[]): Phase[] {
  return (rounds[0] ?? []).map(({ name }, index) => ({
    name,
    milliseconds: median(rounds.map((one) => one[index]?.milliseconds ?? NaN)),
  }));
}

function profileOf(subject: string, starts: readonly Start[]): Profile {
  return {
    subject,
    total: median(starts.map(({ startedAt, endedAt }) => endedAt - startedAt)),
    phases: medians(starts.map(phasesOf)),
    within: medians(starts.map(({ said }) => stepsWithin(said))),
  };
}

function table({ subject, total, phases, within }: Profile): string {
  const line = ({ name, milliseconds }: Phase, indent = "  ") =>
    `${indent}${name}`.padEnd(44) + milliseconds.toFixed(2).padStart(8) +
    `${(100 * milliseconds / total).toFixed(0).padStart(6)} %`;
  return [
    `csc ${subject}`,
    ...phases.map((phase) => line(phase)),
    line({ name: "all of it", milliseconds: total }),
    "  of which, within Deno's phases:",
    ...within.filter(({ milliseconds }) => milliseconds >= SHORTEST_STEP)
      .map((step) => line(step, "    ")),
  ].join("\n");
}

const rounds = roundsAsked();
const folder = await Deno.makeTempDir({ prefix: "csc-profile-" });
const space = prepareWorkspace();
try {
  const program = await buildProfiled(folder);
  const subjects = subjectsOf(space)
    .map(([name, args]) => ({ name, args, starts: [] as Start[] }));
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const { args, starts } of subjects) {
      const one = await start(program, args);
      if (round >= 0) starts.push(one);
    }
  }
  const profiles = subjects.map(({ name, starts }) => profileOf(name, starts));
  console.log(
    Deno.args.includes("--json")
      ? JSON.stringify({ rounds, profiles }, null, 2)
      : [
        `medians of ${rounds} interleaved rounds, milliseconds`,
        ...profiles.map(table),
      ].join("\n\n"),
  );
} finally {
  space.remove();
  await Deno.remove(folder, { recursive: true });
}

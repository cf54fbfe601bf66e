/**
 * What a run costs, as ratios taken in one go: `deno task bench [-- --rounds=N]
 * [--json] [--record]`.
 *
 * Every subject is run once in each round, in turn, so that a busy moment of
 * the machine hits all of them; medians are compared, never single figures.
 * `--record` keeps the figures in tests/bench/VERSION.json, one for a release.
 *
 * @module
 */
import { VERSION } from "../src/build_info.ts";
import { inProcessRounds } from "./bench/in_process.ts";
import { installPeers, type Peers } from "./bench/peers.ts";
import {
  CHAIN,
  CHECK,
  DENO,
  EVALUATIONS,
  FIREJAIL,
  FIREJAIL_NODE,
  IN_PROCESS,
  judge,
  MEMORY,
  OUTPUT,
  OUTPUT_CAT,
  RUN,
  RUN_NODE,
  type Verdict,
  verdictLine,
} from "./bench/targets.ts";
import { evaluationsPerSecond, outputRates } from "./bench/throughput.ts";
import { median, peakMemory, timeProcess } from "./bench/timing.ts";
import { prepareWorkspace, type Workspace } from "./bench/workspace.ts";

const ROUNDS_DEFAULT = 40;
const WARM_UP = 3;
const CSC = new URL("../dist/csc", import.meta.url).pathname;

function option(name: string): string | undefined {
  const prefix = `--${name}=`;
  return Deno.args.find((arg) => arg.startsWith(prefix))?.slice(prefix.length);
}

function roundsAsked(): number {
  const rounds = Number(option("rounds") ?? ROUNDS_DEFAULT);
  if (Number.isInteger(rounds) && rounds >= 1) return rounds;
  console.error(
    `bench: --rounds=${option("rounds")} is not a positive integer`,
  );
  Deno.exit(64);
}

/** Every subject that is a process of its own: name and command line. */
function subjectsOf(
  space: Workspace,
  peers: Peers,
): (readonly [name: string, argv: readonly string[]])[] {
  const run = (contract: string) => [
    ...[CSC, "run", contract, space.policy],
    ...space.signing,
  ];
  return [
    [DENO, [Deno.execPath(), "run", space.emptyScript]],
    [CHECK, [CSC, "check", space.contract, space.policy]],
    [RUN, run(space.contract)],
    [RUN_NODE, run(space.nodeContract)],
    ["csc version", [CSC, "version"]],
    ...(peers.bwrap ? [[CHAIN, space.chain] as const] : []),
    ...(peers.firejail
      ? [
        [FIREJAIL, space.firejail] as const,
        [FIREJAIL_NODE, space.firejailNode] as const,
      ]
      : []),
  ];
}

/** Medians of interleaved rounds, milliseconds. */
async function interleaved(
  space: Workspace,
  peers: Peers,
  rounds: number,
): Promise<Map<string, number>> {
  const subjects = subjectsOf(space, peers);
  const samples = new Map<string, number[]>(
    [...subjects.map(([name]) => name), IN_PROCESS].map((name) => [name, []]),
  );
  const inProcess = await inProcessRounds(space);
  try {
    for (let round = -WARM_UP; round < rounds; round++) {
      for (const [name, argv] of subjects) {
        const took = timeProcess(argv, space.root);
        if (round >= 0) samples.get(name)?.push(took);
      }
      const took = await inProcess.once();
      if (round >= 0) samples.get(IN_PROCESS)?.push(took);
    }
  } finally {
    inProcess.close();
  }
  return new Map([...samples].map(([name, values]) => [name, median(values)]));
}

function describe(
  rounds: number,
  times: ReadonlyMap<string, number>,
  verdicts: readonly Verdict[],
): string {
  const base = times.get(DENO) ?? NaN;
  const lines = [...times].map(([name, value]) =>
    `${name.padEnd(34)} ${value.toFixed(2).padStart(8)} ms  ${
      (value / base).toFixed(2).padStart(6)
    } x deno`
  );
  return [
    `medians of ${rounds} interleaved rounds`,
    "",
    ...lines,
    "",
    ...verdicts.map(verdictLine),
  ].join("\n");
}

const rounds = roundsAsked();
const peers = installPeers();
const space = prepareWorkspace();
const figures = new Map<string, number>();
let times = new Map<string, number>();
try {
  times = await interleaved(space, peers, rounds);
  for (const [name, value] of times) figures.set(name, value);
  figures.set(EVALUATIONS, await evaluationsPerSecond(space));
  const rates = outputRates(space, CSC);
  figures.set(OUTPUT, rates.csc);
  figures.set(OUTPUT_CAT, rates.cat);
  const signed = [CSC, "run", space.contract, space.policy, ...space.signing];
  figures.set(MEMORY, peakMemory(signed));
} finally {
  space.remove();
}
const verdicts = judge(figures);
const report = {
  version: VERSION,
  rounds,
  // Milliseconds, but for what its target's unit says.
  figures: Object.fromEntries(figures),
  targets: verdicts,
};
if (Deno.args.includes("--record")) {
  const folder = new URL("../tests/bench/", import.meta.url).pathname;
  Deno.mkdirSync(folder, { recursive: true });
  const path = `${folder}${VERSION}.json`;
  Deno.writeTextFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
}
console.log(
  Deno.args.includes("--json")
    ? JSON.stringify(report, null, 2)
    : describe(rounds, times, verdicts),
);

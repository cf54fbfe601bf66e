/**
 * What a run costs, as ratios taken in one go: `deno task bench [-- --rounds=N]
 * [--json]`.
 *
 * Every subject is run once in each round, in turn, so that a busy moment of
 * the machine hits all of them; medians are compared, never single figures.
 *
 * @module
 */
import { median, type Sample, timeProcess } from "./bench/timing.ts";
import { installPeers } from "./bench/peers.ts";
import { prepareWorkspace } from "./bench/workspace.ts";
import { inProcessRounds } from "./bench/in_process.ts";

const ROUNDS_DEFAULT = 40;
const WARM_UP = 3;

/** A bound that the figures are held against; design, "speed is a feature". */
interface Target {
  readonly subject: string;
  readonly over: string;
  readonly most: number;
}

const TARGETS: readonly Target[] = [
  {
    subject: "csc run, hardened and signed",
    over: "deno run, empty file",
    most: 2.2,
  },
  { subject: "csc check", over: "deno run, empty file", most: 1.6 },
  {
    subject: "launcher and bridge, in process",
    over: "bwrap + setpriv + prlimit",
    most: 0.5,
  },
];

function option(name: string): string | undefined {
  const prefix = `--${name}=`;
  return Deno.args.find((arg) => arg.startsWith(prefix))?.slice(prefix.length);
}

const rounds = Number(option("rounds") ?? ROUNDS_DEFAULT);
if (!Number.isInteger(rounds) || rounds < 1) {
  console.error(
    `bench: --rounds=${option("rounds")} is not a positive integer`,
  );
  Deno.exit(64);
}
const peers = installPeers();
const space = prepareWorkspace();
const csc = new URL("../dist/csc", import.meta.url).pathname;

/** Every subject that is a process of its own. */
const subjects: readonly (readonly [name: string, argv: readonly string[]])[] =
  [
    ["deno run, empty file", [Deno.execPath(), "run", space.emptyScript]],
    ["csc check", [csc, "check", space.contract, space.policy]],
    ["csc run, hardened and signed", [
      csc,
      "run",
      space.contract,
      space.policy,
      ...space.signing,
    ]],
    ["csc version", [csc, "version"]],
    ...(peers.bwrap
      ? [["bwrap + setpriv + prlimit", space.chain] as const]
      : []),
    ...(peers.firejail ? [["firejail", space.firejail] as const] : []),
  ];

const samples = new Map<string, Sample>(
  subjects.map(([name]) => [name, { milliseconds: [] }]),
);
const IN_PROCESS = "launcher and bridge, in process";
samples.set(IN_PROCESS, { milliseconds: [] });
const inProcess = await inProcessRounds(space);
try {
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const [name, argv] of subjects) {
      const took = timeProcess(argv, space.root);
      if (round >= 0) samples.get(name)?.milliseconds.push(took);
    }
    const took = await inProcess.once();
    if (round >= 0) samples.get(IN_PROCESS)?.milliseconds.push(took);
  }
} finally {
  inProcess.close();
  space.remove();
}

const medians = new Map(
  [...samples].map(([name, sample]) => [name, median(sample.milliseconds)]),
);
const base = medians.get("deno run, empty file") ?? NaN;
const verdicts = TARGETS.map(({ subject, over, most }) => {
  const ratio = (medians.get(subject) ?? NaN) / (medians.get(over) ?? NaN);
  return { subject, over, most, ratio, met: ratio <= most };
});

if (Deno.args.includes("--json")) {
  const figures = Object.fromEntries(medians);
  console.log(
    JSON.stringify(
      { rounds, milliseconds: figures, targets: verdicts },
      null,
      2,
    ),
  );
} else {
  console.log(`medians of ${rounds} interleaved rounds\n`);
  for (const [name, value] of medians) {
    console.log(
      `${name.padEnd(34)} ${value.toFixed(2).padStart(8)} ms  ${
        (value / base).toFixed(2).padStart(6)
      } x deno`,
    );
  }
  console.log("");
  for (const { subject, over, most, ratio, met } of verdicts) {
    const verdict = Number.isNaN(ratio)
      ? "not measured"
      : met
      ? "met"
      : "MISSED";
    console.log(
      `${subject} / ${over}: ${ratio.toFixed(2)} (target ${most}): ${verdict}`,
    );
  }
}

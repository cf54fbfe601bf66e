/**
 * Fuzzing: `deno task fuzz`. Targets in C are `tests/fuzz/*_fuzz.c`, those in
 * TypeScript `tests/fuzz/*_test.ts`; one after another, each for the time given.
 *
 *     deno task fuzz                        each for one minute
 *     deno task fuzz -- plan --minutes=30   one of them, for longer
 *     deno task fuzz -- --minutes=30 --keep and keep what reached more
 *
 * @module
 */
import { ROOT } from "./build/paths.ts";
import { fuzzScripts, fuzzTargets, runFuzzers } from "./test/fuzz.ts";
import { runShown } from "./test/process.ts";
import { tallyText } from "./test/tally.ts";

/** What the command line asks for. */
interface Asked {
  readonly seconds: number;
  readonly keep: boolean;
  readonly names: readonly string[];
}

function askedFor(args: readonly string[], known: readonly string[]): Asked {
  let seconds = 60;
  let keep = false;
  const names: string[] = [];
  for (const arg of args) {
    const time = /^--(minutes|seconds)=(\d+)$/.exec(arg);
    if (time) seconds = Number(time[2]) * (time[1] === "minutes" ? 60 : 1);
    else if (arg === "--keep") keep = true;
    else if (known.includes(arg)) names.push(arg);
    else {
      throw new Error(
        `read "${arg}": expected --minutes=N, --seconds=N, --keep or one of ` +
          known.join(", "),
      );
    }
  }
  return { seconds, keep, names: names.length > 0 ? names : known };
}

async function fuzzAll(args: readonly string[]): Promise<boolean> {
  const targets = await fuzzTargets();
  const scripts = await fuzzScripts();
  const known = [...targets, ...scripts];
  const { seconds, keep, names } = askedFor(args, known);
  const chosen = targets.filter((name) => names.includes(name));
  const ci = Deno.env.get("CI") === "true";
  const options = { seconds, keep, jobs: 1, ci };
  const tally = await runFuzzers(chosen, options);
  console.log(tallyText(tally));
  let passed = tally.failed === 0;
  for (const name of scripts.filter((name) => names.includes(name))) {
    console.log(`  ${name}: ${seconds} s for each property`);
    const args = ["test", "-A", "--quiet", `tests/fuzz/${name}_test.ts`];
    const env = { CSC_FUZZ_SECONDS: String(seconds) };
    passed = (await runShown(Deno.execPath(), args, { env })).success && passed;
  }
  return passed;
}

try {
  const args = Deno.args.filter((arg, index) => index > 0 || arg !== "--");
  await Deno.mkdir(`${ROOT}dist`, { recursive: true });
  if (!await fuzzAll(args)) Deno.exit(1);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(1);
}

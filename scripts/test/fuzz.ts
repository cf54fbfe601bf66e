/**
 * Fuzz targets in C: each `tests/fuzz/NAME_fuzz.c`, linked with the product's C
 * and libFuzzer, begins with what `tests/fuzz/corpus/NAME` has kept.
 *
 * @module
 */
import { DIST, ROOT } from "../build/paths.ts";
import { compileProduct } from "./native_tests.ts";
import { runShown } from "./process.ts";
import { add, NONE, type Tally } from "./tally.ts";
import { compileWith, FUZZED, isUsable } from "./toolchain.ts";

const FOLDER = "tests/fuzz";
const CORPUS = `${FOLDER}/corpus`;
/** Inputs that a target failed on. */
const FOUND = `${DIST}fuzz/`;

/** Longer inputs find nothing that shorter ones do not, and take more time. */
const MAX_LENGTH = 4096;

/** How targets are run. */
export interface FuzzOptions {
  /** For each target. */
  readonly seconds: number;
  /** Puts the inputs that reached more, made few and small, into the corpus. */
  readonly keep: boolean;
  /** How many targets at once. */
  readonly jobs: number;
  readonly ci: boolean;
}

/** Names of the targets in C. */
export function fuzzTargets(): Promise<string[]> {
  return namesOf(/^(\w+)_fuzz\.c$/);
}

/** Names of the property tests in TypeScript. */
export function fuzzScripts(): Promise<string[]> {
  return namesOf(/^(\w+)_test\.ts$/);
}

async function namesOf(pattern: RegExp): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(ROOT + FOLDER)) {
    const target = pattern.exec(name)?.[1];
    if (target !== undefined) names.push(target);
  }
  return names.sort();
}

/** Builds and runs the named targets; what one fails on is kept below dist/. */
export async function runFuzzers(
  names: readonly string[],
  options: FuzzOptions,
): Promise<Tally> {
  const scratch = await Deno.makeTempDir({ prefix: "csc-fuzz-" });
  try {
    if (!await isUsable(FUZZED, scratch)) {
      console.log(`SKIPPED fuzzing: needs ${FUZZED.needs}`);
      const count = names.length;
      return options.ci
        ? { ...NONE, failed: count }
        : { ...NONE, skipped: count };
    }
    const objects = await compileProduct(scratch, FUZZED);
    if (objects === null) return { ...NONE, failed: names.length };
    const queue = [...names];
    let tally = NONE;
    const worker = async () => {
      for (let name = queue.shift(); name; name = queue.shift()) {
        const passed = await runTarget(name, objects, scratch, options);
        tally = add(tally, { ...NONE, [passed ? "passed" : "failed"]: 1 });
      }
    };
    await Promise.all(Array.from({ length: options.jobs }, worker));
    return tally;
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

async function runTarget(
  name: string,
  objects: readonly string[],
  scratch: string,
  { seconds, keep }: FuzzOptions,
): Promise<boolean> {
  const program = `${scratch}/${name}_fuzz`;
  const source = `${FOLDER}/${name}_fuzz.c`;
  const link = [source, ...objects, "-fsanitize=fuzzer", "-o", program];
  if (!await compileWith(FUZZED, link)) return false;
  const grown = `${scratch}/${name}-corpus`;
  const kept = `${CORPUS}/${name}`;
  await Deno.mkdir(grown);
  await Deno.mkdir(FOUND, { recursive: true });
  const ended = await runShown(program, [
    `-max_total_time=${seconds}`,
    `-max_len=${MAX_LENGTH}`,
    "-timeout=10",
    "-rss_limit_mb=1024",
    "-print_final_stats=1",
    `-artifact_prefix=${FOUND}${name}-`,
    grown,
    kept,
  ], { quiet: true, env: { ...FUZZED.environment } });
  if (!ended.success) {
    const said = ended.output.trimEnd().split("\n").slice(-60).join("\n");
    console.log(`FAILED ${name}, the input is in dist/fuzz/:\n${said}`);
    return false;
  }
  const seeds = await countFiles(kept);
  const runs = /^stat::number_of_executed_units: (\d+)$/m.exec(ended.output);
  const reached = /.* cov: (\d+) /s.exec(ended.output);
  console.log(
    `  ${name}: ${runs?.[1]} runs in ${seconds} s from ${seeds} seeds, ` +
      `${reached?.[1]} edges`,
  );
  if (keep) await keepCorpus(program, grown, kept, scratch);
  // A target without seeds, or that never ran, has proven nothing.
  return seeds > 0 && Number(runs?.[1] ?? 0) > seeds;
}

/** The smallest inputs that together reach all that was reached. */
async function keepCorpus(
  program: string,
  grown: string,
  kept: string,
  scratch: string,
): Promise<void> {
  const merged = await Deno.makeTempDir({ dir: scratch });
  const merge = ["-merge=1", `-max_len=${MAX_LENGTH}`, merged, grown, kept];
  const { success, output } = await runShown(program, merge, { quiet: true });
  if (!success) throw new Error(`merge the corpus:\n${output}`);
  await Deno.remove(ROOT + kept, { recursive: true });
  await Deno.mkdir(ROOT + kept, { recursive: true });
  for await (const { name } of Deno.readDir(merged)) {
    await Deno.copyFile(`${merged}/${name}`, `${ROOT}${kept}/${name}`);
  }
  console.log(`  kept ${await countFiles(kept)} inputs in ${kept}`);
}

async function countFiles(folder: string): Promise<number> {
  let count = 0;
  for await (const entry of Deno.readDir(ROOT + folder)) {
    if (entry.isFile) count++;
  }
  return count;
}

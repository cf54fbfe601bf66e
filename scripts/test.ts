/**
 * All tests: `deno task test`. Installs what they need, builds csc, runs the
 * gate, the tests in C and those in TypeScript, and ends with one line:
 * `N passed, N failed, N skipped`.
 *
 *     deno task test                      everything
 *     deno task test -- tests/unit/plan   files and folders
 *     deno task test -- native            the tests in C (or plan, stream, ...)
 *     deno task test -- sandbox           a group: a folder of tests/
 *     deno task test -- "escapes"         tests whose name holds this text
 *
 * CI=true turns skipped tests of walls into failures.
 *
 * @module
 */
import { ROOT } from "./build/paths.ts";
import { countLines } from "./test/coverage.ts";
import { denoGroups, type Group, runDenoTests } from "./test/deno_tests.ts";
import { fuzzTargets, runFuzzers } from "./test/fuzz.ts";
import { nativeTests, runNativeTests } from "./test/native_tests.ts";
import { installMissing } from "./test/prerequisites.ts";
import { runShown } from "./test/process.ts";
import { AARCH64, SANITIZED } from "./test/toolchain.ts";
import { add, NONE, ONE_FAILED, type Tally, tallyText } from "./test/tally.ts";

const ci = Deno.env.get("CI") === "true";

/** What the command line selects. */
interface Wanted {
  readonly everything: boolean;
  readonly natives: readonly string[];
  readonly groups: readonly Group[];
  readonly paths: readonly string[];
  readonly filter: string | null;
}

async function wantedFrom(args: readonly string[]): Promise<Wanted> {
  const natives = await nativeTests();
  const groups = await denoGroups();
  const everything = args.length === 0;
  if (everything) {
    return { everything, natives, groups, paths: [], filter: null };
  }
  const wanted = {
    natives: new Set<string>(),
    groups: new Set<Group>(),
    paths: [] as string[],
    words: [] as string[],
  };
  for (const arg of args) {
    const group = groups.find(({ name }) => name === arg);
    const native = /^(?:tests\/native\/)?(\w+?)(?:_test\.c)?$/.exec(arg)?.[1];
    if (arg === "native") {
      for (const name of natives) wanted.natives.add(name);
    }
    if (group !== undefined) wanted.groups.add(group);
    else if (native !== undefined && natives.includes(native)) {
      wanted.natives.add(native);
    } else if (await exists(arg)) wanted.paths.push(arg);
    else wanted.words.push(arg);
  }
  const filter = wanted.words.length > 0 ? wanted.words.join(" ") : null;
  const named = wanted.natives.size + wanted.groups.size + wanted.paths.length;
  return {
    everything,
    natives: [...wanted.natives],
    groups: [...wanted.groups],
    // A name alone is looked for everywhere.
    paths: named === 0 ? ["tests"] : wanted.paths,
    filter,
  };
}

function exists(path: string): Promise<boolean> {
  return Deno.stat(ROOT + path).then(() => true, () => false);
}

/** The group that a path belongs to, for how it is run. */
function groupOf(path: string, groups: readonly Group[]): Group {
  const name = path.replace(/^(?:\.\/)?tests\//, "").split("/")[0] ?? "";
  return groups.find((group) => group.name === name) ??
    { name, jobs: 1, security: false };
}

/** Runs one step of the whole and says how long it took. */
async function step(
  name: string,
  run: () => Promise<Tally>,
): Promise<Tally> {
  console.log(`== ${name}`);
  const start = performance.now();
  const tally = await run();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const counted = tally.passed + tally.failed + tally.skipped > 0;
  console.log(
    `== ${name}: ${counted ? tallyText(tally) : "done"} (${seconds} s)\n`,
  );
  return tally;
}

/** A script of ours that either works or fails the run. */
function script(path: string): () => Promise<Tally> {
  return async () => {
    const args = ["run", "-A", path];
    const { success } = await runShown(Deno.execPath(), args);
    return success ? NONE : ONE_FAILED;
  };
}

async function testAll(args: readonly string[]): Promise<Tally> {
  const wanted = await wantedFrom(args);
  await installMissing((folder) =>
    wanted.everything || wanted.groups.some(({ name }) => name === folder) ||
    wanted.paths.some((path) =>
      path === "tests" || groupOf(path, wanted.groups).name === folder
    )
  );
  let tally = await step("validators", script("scripts/validators.ts"));
  tally = add(tally, await step("build", script("scripts/build.ts")));
  // Without a csc most of the rest would say so again and again.
  if (tally.failed > 0) return tally;
  if (wanted.everything) {
    tally = add(tally, await step("check", script("scripts/check.ts")));
  }
  if (wanted.natives.length > 0) {
    for (const toolchain of [SANITIZED, AARCH64]) {
      const run = () => runNativeTests(toolchain, wanted.natives, ci);
      tally = add(tally, await step(`native, ${toolchain.name}`, run));
    }
    if (wanted.everything) {
      tally = add(tally, await step("coverage", () => countLines(ci)));
    }
  }
  // Seconds find what is broken now; `deno task fuzz` takes its time.
  if (wanted.everything || wanted.groups.some(({ name }) => name === "fuzz")) {
    const options = { seconds: 20, keep: false, jobs: 2, ci };
    const run = async () => await runFuzzers(await fuzzTargets(), options);
    tally = add(tally, await step("fuzz, native", run));
  }
  const { filter } = wanted;
  // Looking for a name, one wants its test to run and not every type checked.
  const checked = wanted.everything || filter !== null;
  for (const group of wanted.groups) {
    const run = () => runDenoTests(group, { paths: [], filter, checked, ci });
    tally = add(tally, await step(group.name, run));
  }
  const all = await denoGroups();
  for (const path of wanted.paths) {
    const selection = { paths: [path], filter, checked, ci };
    const run = () => runDenoTests(groupOf(path, all), selection);
    tally = add(tally, await step(path, run));
  }
  return tally;
}

const start = performance.now();
const args = Deno.args.filter((arg, index) => index > 0 || arg !== "--");
const tally = await testAll(args);
console.log(`${((performance.now() - start) / 1000).toFixed(0)} s in all`);
console.log(tallyText(tally));
// A run that tested nothing is no pass.
if (tally.failed > 0 || tally.passed + tally.skipped === 0) Deno.exit(1);

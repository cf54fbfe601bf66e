/**
 * The tests in C: each `tests/native/*_test.c` becomes a program, linked with
 * all of csc's own C that is no program itself. Beside them lies a launcher
 * that was built like them, for tests that run real sandboxes.
 *
 * @module
 */
import { sources } from "../build/native.ts";
import { ROOT } from "../build/paths.ts";
import { runShown } from "./process.ts";
import { add, NONE, type Tally, tallyNative } from "./tally.ts";
import { compileWith, isUsable, type Toolchain } from "./toolchain.ts";

const FOLDER = "tests/native";

/** Names of the test programs, without `_test.c`. */
export async function nativeTests(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(ROOT + FOLDER)) {
    const test = /^(\w+)_test\.c$/.exec(name)?.[1];
    if (test !== undefined) names.push(test);
  }
  return names.sort();
}

/** Builds and runs the named tests in a scratch folder of their own. */
export async function runNativeTests(
  toolchain: Toolchain,
  names: readonly string[],
  ci: boolean,
): Promise<Tally> {
  const scratch = await Deno.makeTempDir({ prefix: "csc-native-tests-" });
  try {
    return await runNativeTestsIn(scratch, toolchain, names, ci);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

/**
 * Builds the named tests in `scratch` and runs them; failures go to stdout.
 * What cannot be run is skipped, and a failure where `ci`.
 */
export async function runNativeTestsIn(
  scratch: string,
  toolchain: Toolchain,
  names: readonly string[],
  ci: boolean,
): Promise<Tally> {
  if (!await isUsable(toolchain, scratch)) {
    console.log(
      `SKIPPED native tests, ${toolchain.name}: needs ${toolchain.needs}`,
    );
    return ci
      ? { ...NONE, failed: names.length }
      : { ...NONE, skipped: names.length };
  }
  const objects = await compileProduct(scratch, toolchain);
  if (objects === null) return { ...NONE, failed: names.length };
  let tally = NONE;
  for (const name of names) {
    const source = `${FOLDER}/${name}_test.c`;
    const program = `${scratch}/${name}_test`;
    const flags = toolchain.flagsFor?.[source] ?? [];
    const args = [...flags, source, ...objects, "-o", program];
    const done = await compileWith(toolchain, args)
      ? await runTest(toolchain, name, program, ci)
      : { ...NONE, failed: 1 };
    tally = add(tally, done);
  }
  return tally;
}

/**
 * Everything but the launcher's main, as objects that every test links with;
 * and the launcher, as a program beside the tests. Null when it fails.
 */
export async function compileProduct(
  scratch: string,
  toolchain: Toolchain,
): Promise<string[] | null> {
  const launcher = await compileEach(
    await sources("launcher"),
    scratch,
    toolchain,
  );
  const bridge = await compileEach(
    await sources("bridge.so"),
    scratch,
    toolchain,
  );
  if (launcher === null || bridge === null) return null;
  const program = [...launcher, "-o", `${scratch}/launcher`];
  if (!await compileWith(toolchain, program)) return null;
  return [...new Set([...launcher, ...bridge])]
    .filter((object) => !object.endsWith("/native-launcher-main.c.o"));
}

async function compileEach(
  paths: readonly string[],
  scratch: string,
  toolchain: Toolchain,
): Promise<string[] | null> {
  const objects: string[] = [];
  for (const path of paths) {
    const object = `${scratch}/${path.replaceAll("/", "-")}.o`;
    const flags = toolchain.flagsFor?.[path] ?? [];
    const args = [...flags, "-c", path, "-o", object];
    if (!await compileWith(toolchain, args)) return null;
    objects.push(object);
  }
  return objects;
}

async function runTest(
  { runner, environment }: Toolchain,
  name: string,
  test: string,
  ci: boolean,
): Promise<Tally> {
  const [program, ...args] = [...runner, test];
  const options = { env: { ...environment }, quiet: true };
  const ended = await runShown(program!, args, options);
  // An emulator is not the kernel, and it is known what it lacks.
  const strict = ci && runner.length === 0;
  const tally = tallyNative(ended.output, ended.success, strict);
  const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : "";
  console.log(`  ${name}: ${tally.passed} ok${skipped}`);
  const reasons = ended.output.match(/^SKIPPED .*$/gm) ?? [];
  if (runner.length === 0) reasons.forEach((line) => console.log(line));
  if (!ended.success) console.log(ended.output);
  return tally;
}

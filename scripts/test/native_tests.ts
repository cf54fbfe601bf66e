/**
 * The tests in C: each `tests/native/*_test.c` becomes a program, linked with
 * all of csc's own C that is no program itself, under AddressSanitizer and
 * UBSan.
 *
 * @module
 */
import { compiler, sources } from "../build/native.ts";
import { ROOT } from "../build/paths.ts";
import { WARNINGS } from "../check/c_warnings.ts";
import { runShown } from "./process.ts";
import { add, NONE, type Tally, tallyNative } from "./tally.ts";

const FOLDER = "tests/native";
const SANITIZED = [
  "-std=gnu11",
  "-D_GNU_SOURCE",
  "-O1",
  "-g",
  ...WARNINGS,
  "-fsanitize=address,undefined",
  "-fno-sanitize-recover=all",
];
/** Leaks count, and a fault ends the program at once. */
const ENVIRONMENT = {
  ASAN_OPTIONS: "abort_on_error=0:detect_leaks=1",
  UBSAN_OPTIONS: "print_stacktrace=1",
};

/** Names of the test programs, without `_test.c`. */
export async function nativeTests(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(ROOT + FOLDER)) {
    const test = /^(\w+)_test\.c$/.exec(name)?.[1];
    if (test !== undefined) names.push(test);
  }
  return names.sort();
}

/** Builds and runs the named tests; failures go to stdout. */
export async function runNativeTests(
  names: readonly string[],
  ci: boolean,
): Promise<Tally> {
  const scratch = await Deno.makeTempDir({ prefix: "csc-native-tests-" });
  try {
    if (!await hasSanitizers(scratch)) {
      console.log("SKIPPED native tests: the compiler has no sanitizers");
      return ci
        ? { ...NONE, failed: names.length }
        : { ...NONE, skipped: names.length };
    }
    const objects = await compileProduct(scratch);
    if (objects === null) return { ...NONE, failed: names.length };
    let tally = NONE;
    for (const name of names) {
      tally = add(tally, await runTest(name, objects, scratch));
    }
    return tally;
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

async function hasSanitizers(scratch: string): Promise<boolean> {
  const source = `${scratch}/probe.c`;
  await Deno.writeTextFile(source, "int main(void)\n{\n\treturn 0;\n}\n");
  const output = `${scratch}/probe`;
  const linked = await compile([source, "-o", output], true);
  return linked && (await runShown(output, [], { quiet: true })).success;
}

/** Everything but the launcher's main, as objects that every test links with. */
async function compileProduct(scratch: string): Promise<string[] | null> {
  const wanted = [
    ...await sources("launcher"),
    ...await sources("bridge.so"),
  ].filter((path) => path !== "native/launcher/main.c");
  const objects: string[] = [];
  for (const path of new Set(wanted)) {
    const object = `${scratch}/${path.replaceAll("/", "-")}.o`;
    if (!await compile(["-c", path, "-o", object])) return null;
    objects.push(object);
  }
  return objects;
}

async function runTest(
  name: string,
  objects: readonly string[],
  scratch: string,
): Promise<Tally> {
  const source = `${FOLDER}/${name}_test.c`;
  const output = `${scratch}/${name}_test`;
  if (!await compile([source, ...objects, "-o", output])) {
    return { ...NONE, failed: 1 };
  }
  const ended = await runShown(output, [], { env: ENVIRONMENT, quiet: true });
  const tally = tallyNative(ended.output, ended.success);
  console.log(`  ${name}: ${tally.passed} ok`);
  if (!ended.success) console.log(ended.output);
  return tally;
}

async function compile(
  args: readonly string[],
  quiet = false,
): Promise<boolean> {
  const flags = [...SANITIZED, ...args];
  return (await runShown(compiler(), flags, { quiet })).success;
}

/**
 * The ways in which the tests in C are built and run: one looks for faults, one
 * counts lines, one is another processor.
 *
 * @module
 */
import { compiler } from "../build/native.ts";
import { WARNINGS } from "../check/c_warnings.ts";
import { runShown } from "./process.ts";

/** A compiler, its flags, and how what it makes is started. */
export interface Toolchain {
  readonly name: string;
  readonly compiler: string;
  readonly flags: readonly string[];
  /** Further flags for single files. */
  readonly flagsFor?: Readonly<Record<string, readonly string[]>>;
  /** What starts a program; empty: the kernel. */
  readonly runner: readonly string[];
  /** For the programs that run. */
  readonly environment: Readonly<Record<string, string>>;
  /** What it takes, for whoever has not got it. */
  readonly needs: string;
}

const COMMON = ["-std=gnu11", "-D_GNU_SOURCE", "-g", ...WARNINGS];

/** Walks an image that, for the compiler, is no larger than its header. */
const UNKNOWN_SIZES = {
  "tests/native/entry_test.c": ["-fno-sanitize=object-size"],
};

/** The machine's own compiler with AddressSanitizer and UBSan. */
export const SANITIZED: Toolchain = {
  name: "sanitized",
  compiler: compiler(),
  flags: [
    ...COMMON,
    "-O1",
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=all",
  ],
  flagsFor: {
    // Its child leaves a stack without returning, and the guards around what
    // lay there would be met by whoever gets the memory next.
    "native/bridge/spawn.c": ["-fno-sanitize=address"],
    ...UNKNOWN_SIZES,
  },
  runner: [],
  // Leaks count, and a fault ends the program at once.
  environment: {
    ASAN_OPTIONS: "abort_on_error=0:detect_leaks=1",
    UBSAN_OPTIONS: "print_stacktrace=1",
  },
  needs: "a compiler with AddressSanitizer and UBSan",
};

/** The other processor, under an emulator; UBSan can trap without a library. */
export const AARCH64: Toolchain = {
  name: "aarch64",
  compiler: compiler("aarch64"),
  flags: [
    ...COMMON,
    "-O1",
    "-static",
    "-fsanitize=undefined",
    "-fsanitize-undefined-trap-on-error",
  ],
  flagsFor: UNKNOWN_SIZES,
  runner: Deno.build.arch === "aarch64" ? [] : ["qemu-aarch64"],
  environment: { CSC_EMULATED: Deno.build.arch === "aarch64" ? "" : "1" },
  needs: "gcc-aarch64-linux-gnu and qemu-user",
};

/**
 * Counts which lines ran. The counts are in a file that every program maps, so
 * they also stand for processes that were killed or cannot name a file any more:
 * the launcher, above all, behind its pivot and under its filter.
 */
export function counting(profiles: string): Toolchain {
  return {
    name: "counting",
    compiler: "clang",
    flags: [
      ...COMMON,
      "-O0",
      `-fprofile-instr-generate=${profiles}/%c%m.profraw`,
      "-fcoverage-mapping",
      "-mllvm",
      "-runtime-counter-relocation",
      // Where it only links, the line above has no meaning.
      "-Wno-unused-command-line-argument",
    ],
    runner: [],
    environment: {},
    needs: "clang, its runtime and llvm (llvm-cov)",
  };
}

/** clang with what libFuzzer wants to see; a target links `-fsanitize=fuzzer`. */
export const FUZZED: Toolchain = {
  name: "fuzzed",
  compiler: "clang",
  flags: [
    ...COMMON,
    "-O1",
    "-fsanitize=fuzzer-no-link,address,undefined",
    "-fno-sanitize-recover=all",
  ],
  runner: [],
  environment: { UBSAN_OPTIONS: "print_stacktrace=1" },
  needs: "clang and its runtime (libclang-rt-dev)",
};

/** Compiles with a toolchain; what the compiler says goes to stdout. */
export async function compileWith(
  toolchain: Toolchain,
  args: readonly string[],
  quiet = false,
): Promise<boolean> {
  const all = [...toolchain.flags, ...args];
  return (await runShown(toolchain.compiler, all, { quiet })).success;
}

/** True where the toolchain compiles a program that runs. */
export async function isUsable(
  toolchain: Toolchain,
  scratch: string,
): Promise<boolean> {
  const source = `${scratch}/probe.c`;
  await Deno.writeTextFile(source, "int main(void)\n{\n\treturn 0;\n}\n");
  const output = `${scratch}/probe`;
  const [program, ...args] = [...toolchain.runner, output];
  try {
    return await compileWith(toolchain, [source, "-o", output], true) &&
      (await runShown(program!, args, { quiet: true })).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * What tests need beyond what building needs, installed where it is missing and
 * where that is possible: as root, on a machine with apt.
 *
 * @module
 */

/** One thing that some test needs. */
interface Prerequisite {
  /** Names of the Debian packages. */
  readonly debian: readonly string[];
  readonly reason: string;
  /** A command that succeeds where it is there. */
  readonly probe: readonly string[];
  /** The one folder of tests that needs it; absent: do not ask which. */
  readonly folder?: string;
}

/** The sandbox looks for programs there, whatever the PATH of the tests is. */
const SANDBOX_PATH =
  "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A toolchain that tests/toolchains runs in the sandbox. */
function toolchain(debian: string, ...probe: string[]): Prerequisite {
  return {
    debian: [debian],
    reason: `${probe[0]} in the sandbox (tests/toolchains)`,
    probe: ["env", SANDBOX_PATH, ...probe],
    folder: "toolchains",
  };
}

/** Links an empty fuzz target and throws it away. */
const FUZZER_PROBE = "echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |" +
  " clang -w -fsanitize=fuzzer -x c - -o /dev/null";
/** What tests/sessions runs beside csc. */
function forSessions(
  debian: string,
  what: string,
  ...probe: string[]
): Prerequisite {
  const reason = `${what} (tests/sessions)`;
  return { debian: [debian], reason, probe, folder: "sessions" };
}

/** The other processor's compiler and its C library. */
const CROSS_PROBE =
  'test -e "$(aarch64-linux-gnu-gcc -print-file-name=libc.a)"';

const PREREQUISITES: readonly Prerequisite[] = [
  {
    debian: ["clang", "libclang-rt-dev"],
    reason: "fuzzing (tests/fuzz) and counting lines (scripts/coverage.ts)",
    probe: ["sh", "-c", FUZZER_PROBE],
    folder: "fuzz",
  },
  {
    debian: ["llvm"],
    reason: "reading the counts of lines (scripts/coverage.ts)",
    probe: ["llvm-cov", "--version"],
    folder: "fuzz",
  },
  ...Deno.build.arch !== "x86_64" ? [] : [
    {
      debian: ["gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"],
      reason: "building for another processor (tests/native, tests/build)",
      probe: ["sh", "-c", CROSS_PROBE],
    },
    {
      debian: ["qemu-user"],
      reason: "running what was built for another processor",
      probe: ["qemu-aarch64", "--version"],
    },
  ],
  {
    debian: ["clang-tidy"],
    reason: "one more reader of the C sources (scripts/check)",
    probe: ["clang-tidy", "--version"],
  },
  {
    debian: ["python3-cryptography"],
    reason: "the independent verifier of receipts (tests/interop)",
    probe: ["/usr/bin/python3", "-c", "import cryptography"],
  },
  {
    debian: ["util-linux"],
    reason: "setpriv and unshare, to attack as another user (tests/sandbox)",
    probe: ["setpriv", "--version"],
  },
  forSessions("zsh", "completions in that shell", "zsh", "--version"),
  forSessions("fish", "completions in that shell", "fish", "--version"),
  forSessions("man-db", "the manual page", "man", "--version"),
  forSessions("mandoc", "the manual page", "sh", "-c", "command -v mandoc"),
  { ...toolchain("make", "make", "--version"), folder: "docs" },
  toolchain("gcc", "gcc", "--version"),
  toolchain("g++", "g++", "--version"),
  toolchain("make", "make", "--version"),
  toolchain("git", "git", "--version"),
  toolchain("nodejs", "node", "--version"),
  toolchain("npm", "npm", "--version"),
  toolchain("python3", "python3", "--version"),
  toolchain("golang-go", "go", "version"),
  toolchain("rustc", "rustc", "--version"),
  toolchain("cargo", "cargo", "--version"),
  toolchain("default-jdk-headless", "javac", "-version"),
  toolchain("perl", "perl", "-MFile::Temp", "-e", "1"),
];

/**
 * Installs what is missing for the folders of tests that `runs` says yes to;
 * what it cannot install, the tests then skip.
 */
export async function installMissing(
  runs: (folder: string) => boolean,
): Promise<void> {
  const missing: Prerequisite[] = [];
  for (const prerequisite of PREREQUISITES) {
    const { folder, probe } = prerequisite;
    if (folder !== undefined && !runs(folder)) continue;
    if (!await succeeds(probe)) missing.push(prerequisite);
  }
  if (missing.length === 0) return;
  for (const { debian, reason } of missing) {
    console.log(`missing: ${debian.join(", ")}, for ${reason}`);
  }
  if (Deno.uid() !== 0) {
    console.log("not root: install them yourself, or tests will be skipped");
    return;
  }
  const install = [
    "apt-get",
    "install",
    "--yes",
    "--no-install-recommends",
    ...missing.flatMap(({ debian }) => debian),
  ];
  // A fresh machine has no package lists, most others have.
  const done = await succeeds(install) ||
    (await succeeds(["apt-get", "update"]) && await succeeds(install));
  console.log(done ? "installed" : "apt-get failed: tests will be skipped");
}

async function succeeds([program, ...args]: readonly string[]) {
  try {
    const { success } = await new Deno.Command(program!, {
      args,
      env: { DEBIAN_FRONTEND: "noninteractive" },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * What tests need beyond what building needs, installed where it is missing and
 * where that is possible: as root, on a machine with apt.
 *
 * @module
 */

/** One thing that some test needs. */
interface Prerequisite {
  /** Name of the Debian package. */
  readonly debian: string;
  readonly reason: string;
  /** A command that succeeds where it is there. */
  readonly probe: readonly string[];
}

const PREREQUISITES: readonly Prerequisite[] = [
  {
    debian: "clang-tidy",
    reason: "one more reader of the C sources (scripts/check)",
    probe: ["clang-tidy", "--version"],
  },
  {
    debian: "python3-cryptography",
    reason: "the independent verifier of receipts (tests/interop)",
    probe: ["/usr/bin/python3", "-c", "import cryptography"],
  },
  {
    debian: "util-linux",
    reason: "setpriv and unshare, to attack as another user (tests/sandbox)",
    probe: ["setpriv", "--version"],
  },
];

/** Installs what is missing; what it cannot install, the tests then skip. */
export async function installMissing(): Promise<void> {
  const missing: Prerequisite[] = [];
  for (const prerequisite of PREREQUISITES) {
    if (!await succeeds(prerequisite.probe)) missing.push(prerequisite);
  }
  if (missing.length === 0) return;
  for (const { debian, reason } of missing) {
    console.log(`missing: ${debian}, for ${reason}`);
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
    ...missing.map(({ debian }) => debian),
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

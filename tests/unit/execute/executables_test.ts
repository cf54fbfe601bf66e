import assert from "node:assert/strict";
import {
  type DigestMemory,
  executableEvidence,
  type FileDigest,
} from "../../../src/execute/executables.ts";
import type { ObservedFile } from "../../../src/execute/observation.ts";

const NOW = 1_800_000_000_000;
const KNOWN = "a".repeat(64);
const TAKEN = "b".repeat(64);

/** A file that changed so many milliseconds ago. */
function file(age: number, changes: Partial<ObservedFile> = {}): ObservedFile {
  return {
    errno: 0,
    identity: "1 2 3 4 5",
    ctimeNs: BigInt(NOW - age) * 1_000_000n,
    device: "254:0",
    inode: "2",
    size: 3,
    ...changes,
  };
}

function digest(changes: Partial<FileDigest> = {}): FileDigest {
  return {
    errno: 0,
    identity: "1 2 3 4 5",
    sha256: TAKEN,
    timesAreKept: true,
    ...changes,
  };
}

/** A memory that knows every file, and what was put into it. */
function memory(): DigestMemory & { readonly put: string[] } {
  const put: string[] = [];
  return {
    put,
    find: () => KNOWN,
    remember: (identity, sha256) => put.push(`${identity} ${sha256}`),
  };
}

const DAY = 86_400_000;

Deno.test("executableEvidence() takes the digest that is remembered", async () => {
  const fact = await executableEvidence("/bin/a", file(DAY), null, {
    memory: memory(),
    now: () => NOW,
  });
  assert.deepEqual(fact, {
    path: "/bin/a",
    device: "254:0",
    inode: "2",
    size: 3,
    sha256: KNOWN,
  });
});

const UNSETTLED: [when: string, age: number][] = [
  ["just now", 0],
  ["less than two seconds ago", 1999],
  ["two seconds ago", 2000],
  ["in the future", -DAY],
];

for (const [when, age] of UNSETTLED) {
  Deno.test(`executableEvidence() believes no memory of a file that changed ${when}`, async () => {
    const remembered = memory();
    const early = Promise.resolve(digest());
    const fact = await executableEvidence("/bin/a", file(age), early, {
      memory: remembered,
      now: () => NOW,
    });
    assert.equal(fact["sha256"], TAKEN);
    // Nor is it remembered: it may change again in the same instant.
    assert.deepEqual(remembered.put, []);
  });
}

Deno.test("executableEvidence() reads a file that the command may write to anew", async () => {
  const remembered = memory();
  const early = Promise.resolve(digest());
  const fact = await executableEvidence("/bin/a", file(DAY), early, {
    memory: remembered,
    now: () => NOW,
  });
  assert.equal(fact["sha256"], TAKEN);
  assert.deepEqual(remembered.put, [`1 2 3 4 5 ${TAKEN}`]);
});

Deno.test("executableEvidence() remembers nothing of file systems that tell any time", async () => {
  const remembered = memory();
  const early = Promise.resolve(digest({ timesAreKept: false }));
  await executableEvidence("/bin/a", file(DAY), early, {
    memory: remembered,
    now: () => NOW,
  });
  assert.deepEqual(remembered.put, []);
});

Deno.test("executableEvidence() has no digest of another file than the one seen", async () => {
  const remembered = memory();
  const early = Promise.resolve(digest({ identity: "1 2 3 4 6" }));
  const fact = await executableEvidence("/bin/a", file(DAY), early, {
    memory: remembered,
    now: () => NOW,
  });
  assert.equal(fact["sha256"], null);
  assert.equal(fact["reason"], "it changed during the run");
  assert.deepEqual(remembered.put, []);
});

Deno.test("executableEvidence() says why a file cannot be seen or read", async () => {
  const sources = { memory: null, now: () => NOW };
  const unseen = file(DAY, { errno: 2 });
  assert.deepEqual(await executableEvidence("/a", unseen, null, sources), {
    path: "/a",
    sha256: null,
    reason: "no such file or directory (ENOENT)",
  });
  const early = Promise.resolve(digest({ errno: 13 }));
  const unread = await executableEvidence("/a", file(DAY), early, sources);
  assert.deepEqual([unread["sha256"], unread["reason"]], [
    null,
    "permission denied (EACCES)",
  ]);
});

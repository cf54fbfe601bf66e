/** Scopes that lie in one another, or are declared twice. */
import assert from "node:assert/strict";
import { assertRan } from "../sandbox/assertions.ts";
import { attackTest } from "../sandbox/harness.ts";
import { OUTSIDE_TMP } from "./base.ts";
import { tree } from "../sandbox/leftovers.ts";

/** Tries to write below each directory; prints those that let it. */
const TRY = `cd /; for path; do
  { echo granted > "$path/made"; } 2> /dev/null && echo "$path"
done; true`;

type Case = [
  what: string,
  reads: string[],
  writes: string[],
  /** Which of /, /a, /a/b, /a/b/c, below one directory, may be written. */
  granted: string[],
];

/** "" is the directory above all others. */
const CASES: Case[] = [
  ["a write scope in a read scope", [""], ["/a"], ["/a", "/a/b", "/a/b/c"]],
  [
    "a read scope in a write scope may be written",
    ["/a/b"],
    [""],
    ["", "/a", "/a/b", "/a/b/c"],
  ],
  [
    "a write scope in a read scope in a write scope",
    ["/a"],
    ["", "/a/b"],
    ["", "/a", "/a/b", "/a/b/c"],
  ],
  [
    "a read scope in a write scope in a read scope",
    ["", "/a/b"],
    ["/a"],
    ["/a", "/a/b", "/a/b/c"],
  ],
  ["write scopes far apart", [""], ["/a/b/c", "/d"], ["/a/b/c"]],
  ["the same directory to read and to write", ["/a"], ["/a"], [
    "/a",
    "/a/b",
    "/a/b/c",
  ]],
  ["the same directory in many spellings", ["", "/", "/."], [
    "/a/b",
    "//a/./b/",
    "/a/b/**",
    "/a/b/*.c",
  ], ["/a/b", "/a/b/c"]],
  ["read scopes in one another", ["", "/a", "/a/b/**"], [], []],
  ["the deeper scope first", ["/a/b/c", "/a", ""], ["/a/b"], [
    "/a/b",
    "/a/b/c",
  ]],
];

for (const [what, reads, writes, granted] of CASES) {
  attackTest(`nested scopes: ${what}`, async (place) => {
    const root = place.write;
    for (const name of ["/a", "/a/b", "/a/b/c", "/d"]) {
      await place.mkdir(root + name);
    }
    const all = ["", "/a", "/a/b", "/a/b/c"].map((name) => root + name);
    const bare = await place.bare(["/bin/sh", "-c", TRY, "sh", ...all]);
    assert.equal(bare.stdout, all.map((path) => `${path}\n`).join(""));
    for (const path of all) await Deno.remove(`${path}/made`);

    const before = tree(root);
    const ran = await place.confined(["/bin/sh", "-c", TRY, "sh", ...all], {
      contractCwd: place.read,
      readPaths: reads.map((name) => root + name),
      writePaths: writes.map((name) => root + name),
    });
    assertRan(ran);
    const expected = granted.map((name) => root + name);
    assert.deepEqual(ran.stdout.trim().split("\n").filter(Boolean), expected);
    const made = expected.map((path) => `${path}/made`);
    for (const path of made) {
      assert.equal(await Deno.readTextFile(path), "granted\n");
      await Deno.remove(path);
    }
    assert.deepEqual(tree(root), before);
  }, OUTSIDE_TMP);
}

attackTest(
  "nested scopes: a file to write in a directory to read, and the reverse",
  async (place) => {
    const writable = await place.file(`${place.write}/writable`, "old\n");
    await place.mkdir(`${place.write}/dir`);
    const readable = await place.file(`${place.write}/dir/readable`, "old\n");
    const ran = await place.confined([
      "/bin/sh",
      "-c",
      `for path; do { echo new > "$path"; } 2> /dev/null && echo "$path"; done; true`,
      "sh",
      writable,
      `${place.write}/made`,
      readable,
    ], {
      contractCwd: place.read,
      readPaths: [place.write, readable],
      writePaths: [writable, `${place.write}/dir`],
    });
    assertRan(ran);
    assert.equal(ran.stdout, `${writable}\n${readable}\n`);
  },
  OUTSIDE_TMP,
);

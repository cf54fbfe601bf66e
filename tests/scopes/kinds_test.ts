/** Scopes that are files, are missing, or are something else. */
import assert from "node:assert/strict";
import { assertBlocked, assertRan } from "../sandbox/assertions.ts";
import { attackTest } from "../sandbox/harness.ts";
import { OUTSIDE_TMP } from "./base.ts";
import { tree } from "../sandbox/leftovers.ts";
import type { Confined, Place } from "../sandbox/place.ts";
import type { RunOptions } from "../sandbox/request.ts";

/** Runs a script with $1, $2 … in a place whose cwd shows nothing. */
function shell(
  place: Place,
  script: string,
  operands: string[],
  options: RunOptions,
): Promise<Confined> {
  return place.confined(["/bin/sh", "-c", script, "sh", ...operands], {
    contractCwd: place.read,
    policy: { allowed_read_prefixes: [`${place.write}/`, `${place.read}/in`] },
    readPaths: [],
    writePaths: [],
    ...options,
  });
}

const absent = ({ evidence }: Confined) =>
  (evidence?.["commands"] as { plan: { absent_scopes: string[] } }[])[0]?.plan
    .absent_scopes;

attackTest(
  "a read scope that is a file shows this file alone",
  async (place) => {
    const file = await place.file(`${place.write}/file`, "text\n");
    await place.file(`${place.write}/sibling`, "no\n");
    const ran = await shell(
      place,
      `cat "$1"; ls "$2"; { echo x > "$1"; } 2> /dev/null || echo "not written"
     { echo x > "$2/new"; } 2> /dev/null || echo "not made"`,
      [file, place.write],
      { readPaths: [file] },
    );
    assertRan(ran);
    assert.equal(ran.stdout, "text\nfile\nnot written\nnot made\n");
  },
  OUTSIDE_TMP,
);

attackTest(
  "a write scope that is a file lets this file alone be written",
  async (place) => {
    const file = await place.file(`${place.write}/file`, "old\n");
    await place.file(`${place.write}/sibling`, "no\n");
    const before = tree(place.write);
    const ran = await shell(
      place,
      `echo new > "$1"; chmod 600 "$1"; ls "$2"
     rm -f "$1" 2> /dev/null || echo "not removed"
     mv "$1" "$1.2" 2> /dev/null || echo "not moved"
     { echo x > "$2/new"; } 2> /dev/null || echo "not made"`,
      [file, place.write],
      { writePaths: [file] },
    );
    assertRan(ran);
    assert.equal(ran.stdout, "file\nnot removed\nnot moved\nnot made\n");
    assert.equal(await Deno.readTextFile(file), "new\n");
    assert.equal(tree(place.write).length, before.length);
  },
  OUTSIDE_TMP,
);

attackTest(
  "a read scope that is missing shows nothing, and the evidence says so",
  async (place) => {
    const missing = `${place.write}/none/deeper`;
    const before = tree(place.write);
    const ran = await shell(
      place,
      `test -e "$1" || echo "not there"; mkdir -p "$1" 2> /dev/null || echo "not made"`,
      [missing],
      { readPaths: [missing, `${place.write}/glob/*.c`] },
    );
    assertRan(ran);
    assert.equal(ran.stdout, "not there\nnot made\n");
    assert.deepEqual(absent(ran), [missing, `${place.write}/glob/*.c`]);
    assert.deepEqual(tree(place.write), before);
  },
  OUTSIDE_TMP,
);

attackTest(
  "a missing write scope is made by the command, below one that exists",
  async (place) => {
    const missing = `${place.write}/new/deeper`;
    const ran = await shell(
      place,
      `test -e "$1" || echo "not there"; mkdir -p "$1" && echo made > "$1/file"`,
      [missing],
      { writePaths: [missing, place.write] },
    );
    assertRan(ran);
    assert.equal(ran.stdout, "not there\n");
    assert.equal(await Deno.readTextFile(`${missing}/file`), "made\n");
    assert.deepEqual(absent(ran), [missing]);
  },
  OUTSIDE_TMP,
);

/** Where a missing write scope lies in none that exists. */
const NOT_COVERED: [what: string, reads: string[], writes: string[]][] = [
  ["no scope", [], []],
  ["a read scope", [""], []],
  ["a file that is a write scope", [], ["/file"]],
  ["another missing write scope", [], ["/none"]],
];
for (const [what, reads, writes] of NOT_COVERED) {
  attackTest(
    `a missing write scope below ${what} blocks the run`,
    async (place) => {
      await place.file(`${place.write}/file`, "");
      const below = (names: string[]) =>
        names.map((name) => place.write + name);
      const parent = below(writes)[0] ?? place.write;
      const before = tree(place.write);
      const ran = await shell(place, "true", [], {
        readPaths: below(reads),
        writePaths: [`${parent}/new`, ...below(writes)],
      });
      assertBlocked(ran);
      assert.match(ran.stderr, /does not exist and lies in no existing write/);
      assert.deepEqual(tree(place.write), before);
    },
  );
}

attackTest(
  "a scope that is a link inside the prefix shows what it leads to",
  async (place) => {
    await place.mkdir(`${place.write}/real`);
    await place.file(`${place.write}/real/file`, "text\n");
    await Deno.symlink("real", `${place.write}/link`);
    await Deno.symlink("real/file", `${place.write}/alias`);
    const ran = await shell(
      place,
      `cat "$1/link/file" "$1/alias"; readlink "$1/link"; ls "$1"`,
      [place.write],
      { readPaths: [`${place.write}/link`, `${place.write}/alias`] },
    );
    assertRan(ran);
    assert.equal(ran.stdout, "text\ntext\nreal\nalias\nlink\nreal\n");
  },
  OUTSIDE_TMP,
);

attackTest(
  "a scope that is a pipe or a device holds nobody up",
  async (place) => {
    const pipe = `${place.write}/pipe`;
    assert.equal((await place.bare(["/usr/bin/mkfifo", pipe])).code, 0);
    const ran = await shell(place, `test -p "$1" && echo pipe`, [pipe], {
      readPaths: [pipe],
    });
    assertRan(ran);
    assert.equal(ran.stdout, "pipe\n");
    const device = await shell(place, "true", [], {
      policy: { allowed_read_prefixes: ["/"] },
      readPaths: ["/dev/tty"],
    });
    assertBlocked(device);
    assert.match(device.stderr, /csc provides "\/dev" itself/);
  },
  OUTSIDE_TMP,
);

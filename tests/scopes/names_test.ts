/** Names with characters that shells, records and terminals trip over. */
import assert from "node:assert/strict";
import { assertBlocked, assertRan } from "../sandbox/assertions.ts";
import { attackTest } from "../sandbox/harness.ts";
import type { Confined } from "../sandbox/place.ts";

const NAMES: [what: string, name: string][] = [
  ["a space", "with a space "],
  ["a newline", "two\nlines\n"],
  ["a tab and a carriage return", "a\tb\r"],
  ["quotes and dollars", "'\"$HOME`id`\\"],
  ["a leading dash", "-rf"],
  ["dots", "...a.."],
  ["characters beyond ASCII", "für 日本 😀"],
  ["an escape", "\x1b[2Jred"],
  ["another normal form", "e\u0301"],
  ["a colon and a comma", "a:b,c=d;e"],
];

for (const [what, name] of NAMES) {
  attackTest(`names: scopes, cwd and file with ${what}`, async (place) => {
    const read = await place.mkdir(`${place.read}/${name}`);
    await place.file(`${read}/${name}`, "text\n");
    const write = await place.mkdir(`${place.write}/${name}`);
    const ran = await place.confined([
      "/bin/sh",
      "-c",
      `cat "$1/$2" > "./$2" && pwd && { echo x > "$1/new"; } 2> /dev/null`,
      "sh",
      read,
      name,
    ], { contractCwd: write, readPaths: [read], writePaths: [write] });
    assertRan(ran, 2);
    assert.equal(ran.stdout, `${write}\n`);
    assert.equal(await Deno.readTextFile(`${write}/${name}`), "text\n");
  });
}

/** A name that no JSON text can hold. */
const RAW = "a\\377\\200b";

attackTest("names: files below a scope need not be UTF-8", async (place) => {
  const script = `name=$(printf '${RAW}')
    mkdir "$1/$name" && echo text > "$1/$name/$name"`;
  const made = await place.bare(["/bin/sh", "-c", script, "sh", place.read]);
  assert.equal(made.code, 0, made.stderr);
  const copy = `name=$(printf '${RAW}')
    cat "$1/$name/$name" && cp -r "$1/$name" "$2/" &&
    ln -s "$name" "$2/link" && cat "$2/link/$name"`;
  const argv = ["/bin/sh", "-c", copy, "sh", place.read, place.write];
  const ran = await place.confined(argv);
  assertRan(ran);
  assert.equal(ran.stdout, "text\ntext\n");
  const look = `cat "$1/$(printf '${RAW}')/$(printf '${RAW}')"`;
  const bare = await place.bare(["/bin/sh", "-c", look, "sh", place.write]);
  assert.equal(bare.stdout, "text\n");
});

attackTest(
  "names: a link to what is not UTF-8 shows nothing, and is no way to write",
  async (place) => {
    const script = `cd "$1"; name=$(printf '${RAW}')
    mkdir "$name" && ln -s "$name" link`;
    const made = await place.bare(["/bin/sh", "-c", script, "sh", place.write]);
    assert.equal(made.code, 0, made.stderr);
    const link = `${place.write}/link`;
    const options = { contractCwd: place.read, writePaths: [] };
    const read = await place.confined(["/bin/ls", link], {
      ...options,
      readPaths: [link],
    });
    assertRan(read, 2);
    const written = await place.confined(["/bin/true"], {
      ...options,
      writePaths: [link],
    });
    assertBlocked(written);
  },
);

/** No receipt: what has no canonical form has no digest to account for. */
function assertUnreadable(ran: Confined, why: RegExp): void {
  assert.equal(ran.code, 1);
  assert.equal(ran.receipt, null);
  assert.match(ran.stderr, why);
}

attackTest(
  "names: a lone surrogate in cwd or scope is refused",
  async (place) => {
    const bad = `${place.write}/\ud800`;
    const why = /lone surrogate/;
    const argv = ["/bin/true"];
    assertUnreadable(await place.confined(argv, { contractCwd: bad }), why);
    assertUnreadable(await place.confined(argv, { readPaths: [bad] }), why);
    assertUnreadable(await place.confined(argv, { writePaths: [bad] }), why);
  },
);

attackTest("names: a NUL in cwd or scope is refused", async (place) => {
  const bad = `${place.write}/a\0b`;
  const why = /holds a NUL character/;
  const argv = ["/bin/true"];
  assertUnreadable(await place.confined(argv, { contractCwd: bad }), why);
  assertUnreadable(await place.confined(argv, { readPaths: [bad] }), why);
  assertUnreadable(await place.confined(argv, { writePaths: [bad] }), why);
});

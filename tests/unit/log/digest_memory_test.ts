import assert from "node:assert/strict";
import { CscError } from "../../../src/core/errors.ts";
import { openDirectory } from "../../../src/execute/held_directory.ts";
import { openDigestMemory } from "../../../src/log/digest_memory.ts";
import { MemoryDirectory } from "../run/fakes.ts";
import { tempPlace } from "../run/temp_place.ts";

const A = "a".repeat(64);
const B = "b".repeat(64);
const FILE = "65024 12 100 1700000000000000000 1700000000000000001";

Deno.test("openDigestMemory() finds what an earlier one has remembered", () => {
  const state = openDirectory(tempPlace());
  openDigestMemory(state).remember(FILE, A);
  const memory = openDigestMemory(state);
  assert.equal(memory.find(FILE), A);
});

Deno.test("openDigestMemory() keeps its file to its owner", () => {
  const dir = tempPlace();
  openDigestMemory(openDirectory(dir)).remember(FILE, A);
  assert.equal(Deno.statSync(`${dir}/digests`).mode! & 0o777, 0o600);
});

Deno.test("openDigestMemory() finds a file by every part of its identity", () => {
  const memory = openDigestMemory(new MemoryDirectory());
  memory.remember(FILE, A);
  assert.equal(memory.find(FILE), A);
  const parts = FILE.split(" ");
  for (const index of parts.keys()) {
    const other = parts.with(index, `${parts[index]}1`).join(" ");
    assert.equal(memory.find(other), null, other);
  }
  assert.equal(memory.find(FILE.slice(1)), null);
  assert.equal(memory.find(parts.slice(0, 4).join(" ")), null);
});

Deno.test("openDigestMemory() forgets an earlier state of the same file", () => {
  const state = new MemoryDirectory();
  const memory = openDigestMemory(state);
  memory.remember(FILE, A);
  const changed = FILE.replace(/1$/, "9");
  memory.remember(changed, B);
  assert.deepEqual([memory.find(FILE), memory.find(changed)], [null, B]);
  assert.equal(state.files.get("digests")?.split("\n").length, 3);
});

Deno.test("openDigestMemory() forgets the oldest when it is full", () => {
  const state = new MemoryDirectory();
  const memory = openDigestMemory(state);
  const of = (inode: number) => `65024 ${inode} 1 2 3`;
  for (let inode = 1; inode <= 300; inode++) memory.remember(of(inode), A);
  assert.equal(memory.find(of(300)), A);
  assert.equal(memory.find(of(45)), A);
  assert.equal(memory.find(of(44)), null);
  assert.ok(state.files.get("digests")!.length < 64 * 1024);
});

const UNFIT: [what: string, text: string][] = [
  ["another version", `csc.digests.v9\n${FILE} ${A}\n`],
  ["no version", `${FILE} ${A}\n`],
  ["a cut line", `csc.digests.v0.1\n${FILE} ${A.slice(1)}`],
  ["a digest of capitals", `csc.digests.v0.1\n${FILE} ${A.toUpperCase()}\n`],
  ["more than a digest", `csc.digests.v0.1\n${FILE} ${A}0\n`],
  ["bytes that are no text", "\xff\xfe"],
];

for (const [what, text] of UNFIT) {
  Deno.test(`openDigestMemory() finds nothing in ${what}`, () => {
    const dir = tempPlace();
    Deno.writeTextFileSync(`${dir}/digests`, text);
    assert.equal(openDigestMemory(openDirectory(dir)).find(FILE), null);
  });
}

Deno.test("openDigestMemory() reads through no link, and replaces it", () => {
  const dir = tempPlace();
  const elsewhere = `${tempPlace()}/digests`;
  const planted = `csc.digests.v0.1\n${FILE} ${B}\n`;
  Deno.writeTextFileSync(elsewhere, planted);
  Deno.symlinkSync(elsewhere, `${dir}/digests`);
  const memory = openDigestMemory(openDirectory(dir));
  assert.equal(memory.find(FILE), null);
  memory.remember(FILE, A);
  assert.equal(Deno.readTextFileSync(elsewhere), planted);
  assert.ok(Deno.lstatSync(`${dir}/digests`).isFile);
});

Deno.test("openDigestMemory() fails no run for want of space", () => {
  class Full extends MemoryDirectory {
    override put(): void {
      throw new CscError("STATE_UNAVAILABLE", "no space left");
    }
  }
  const memory = openDigestMemory(new Full());
  memory.remember(FILE, A);
  assert.equal(memory.find(FILE), A);
});

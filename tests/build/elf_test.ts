/** ELF reading and patching, on a small file made here. */
import assert from "node:assert/strict";
import {
  entryAddress,
  freeAddress,
  machineOf,
  replaceNote,
  replaceSymbol,
  replaceText,
  segments,
  symbolSlot,
} from "../../scripts/build/elf.ts";

const LOAD = 1, INTERP = 3, NOTE = 4, STACK = 0x6474e551;

/** An ELF header and a program header table, nothing behind it. */
function elf(rows: [type: number, address: bigint, size: bigint][]) {
  const bytes = new Uint8Array(64 + rows.length * 56);
  const data = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
  data.setUint16(18, 62, true);
  data.setBigUint64(24, 0x1234n, true);
  data.setBigUint64(32, 64n, true);
  data.setUint16(56, rows.length, true);
  rows.forEach(([type, address, size], index) => {
    data.setUint32(64 + index * 56, type, true);
    data.setBigUint64(64 + index * 56 + 16, address, true);
    data.setBigUint64(64 + index * 56 + 40, size, true);
    data.setBigUint64(64 + index * 56 + 48, 0x1000n, true);
  });
  return bytes;
}

Deno.test("replaceNote() puts the new segment last and keeps the others in order", () => {
  const file = elf([
    [INTERP, 0n, 1n],
    [NOTE, 8n, 8n],
    [LOAD, 0n, 0x1000n],
    [LOAD, 0x2000n, 0x1801n],
    [STACK, 0n, 0n],
  ]);
  assert.equal(freeAddress(file), 0x4000n);
  const place = { offset: 0x10000n, address: 0x4000n, size: 9n, align: 4096n };
  replaceNote(file, place, 0x4060n);
  assert.deepEqual(segments(file).map(({ type }) => type), [
    INTERP,
    LOAD,
    LOAD,
    STACK,
    LOAD,
  ]);
  assert.deepEqual(segments(file).at(-1), {
    type: LOAD,
    flags: 5,
    offset: 0x10000n,
    address: 0x4000n,
    fileSize: 9n,
    memorySize: 9n,
    align: 4096n,
  });
  assert.equal(entryAddress(file), 0x4060n);
});

Deno.test("replaceNote() refuses a file without a note", () => {
  const place = { offset: 0n, address: 0n, size: 0n, align: 1n };
  assert.throws(
    () => replaceNote(elf([[LOAD, 0n, 1n]]), place, 0n),
    /no PT_NOTE/,
  );
});

Deno.test("machineOf() refuses what it cannot read", () => {
  assert.throws(() => machineOf(new Uint8Array(64)), /not a 64-bit/);
  assert.throws(() => machineOf(elf([]).subarray(0, 63)), /not a 64-bit/);
  const other = elf([]);
  other[18] = 40;
  assert.throws(() => machineOf(other), /machine 40 is not supported/);
});

Deno.test("symbolSlot() finds environ in a real executable, and nothing else", async () => {
  const deno = await Deno.readFile(Deno.execPath());
  const slot = symbolSlot(deno, "environ");
  assert.ok(slot > 0n && slot < freeAddress(deno));
  assert.equal(slot % 8n, 0n);
  assert.throws(() => symbolSlot(deno, "no_such_symbol"), /no slot/);
});

Deno.test("replaceSymbol() leaves nothing for ld.so to look up, and nothing else changed", async () => {
  const deno = await Deno.readFile(Deno.execPath());
  const changed = deno.slice();
  const slot = symbolSlot(deno, "open64");
  replaceSymbol(changed, "open64", 0x1234n);
  assert.throws(() => symbolSlot(changed, "open64"), /no slot/);
  assert.throws(() => replaceSymbol(changed, "open64", 1n), /no slot/);
  assert.equal(symbolSlot(changed, "open"), symbolSlot(deno, "open"));
  // Each entry is the slot's address, its type with the symbol, and an addend.
  const entries: number[] = [];
  for (let at = 0; at < deno.length; at += 8) {
    const differs = deno.subarray(at, at + 8)
      .some((byte, index) => byte !== changed[at + index]);
    if (differs) entries.push(at);
  }
  assert.equal(entries.length % 2, 0);
  const data = new DataView(changed.buffer);
  assert.ok(entries.some((at) => data.getBigUint64(at - 8, true) === slot));
  for (let index = 0; index < entries.length; index += 2) {
    assert.equal(entries[index + 1], entries[index]! + 8);
    assert.equal(data.getBigUint64(entries[index]!, true), 8n);
    assert.equal(data.getBigUint64(entries[index + 1]!, true), 0x1234n);
  }
});

Deno.test("replaceText() changes what is there once, and refuses anything else", () => {
  const bytes = new TextEncoder().encode("abc WAL abc OFF");
  replaceText(bytes, "WAL", "OFF");
  assert.equal(new TextDecoder().decode(bytes), "abc OFF abc OFF");
  assert.throws(() => replaceText(bytes, "WAL", "OFF"), /exactly once/);
  assert.throws(() => replaceText(bytes, "OFF", "WAL"), /exactly once/);
  assert.throws(() => replaceText(bytes, "c OFF a", "x"), /exactly once/);
});

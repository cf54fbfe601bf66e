/**
 * Reads and changes 64-bit little-endian ELF files, as far as packing needs it.
 * Pure: bytes in, bytes out.
 *
 * @module
 */

const SEGMENT_SIZE = 56;
const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_NOTE = 4;

const DT_NEEDED = 1n;
const DT_STRTAB = 5n;
const DT_SYMTAB = 6n;
const DT_RELA = 7n;
const DT_RELASZ = 8n;
const DT_PLTRELSZ = 2n;
const DT_JMPREL = 23n;

const RELOCATION_SIZE = 24;

/** What differs between processors. */
export interface Machine {
  /** As Deno.build.arch spells it. */
  readonly arch: "x86_64" | "aarch64";
  /** e_machine. */
  readonly id: number;
  /** Relocation type of a slot that receives a symbol's address. */
  readonly globDat: number;
  /** The same for a slot that only calls go through. */
  readonly jumpSlot: number;
  /** Relocation type of a slot that receives an address of the file itself. */
  readonly relative: number;
}

/** Processors whose ELF files can be read. */
export const MACHINES: readonly Machine[] = [
  { arch: "x86_64", id: 62, globDat: 6, jumpSlot: 7, relative: 8 },
  { arch: "aarch64", id: 183, globDat: 1025, jumpSlot: 1026, relative: 1027 },
];

/** One entry of the program header table. */
export interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: bigint;
  readonly address: bigint;
  readonly fileSize: bigint;
  readonly memorySize: bigint;
  readonly align: bigint;
}

/** Throws unless the bytes start like a 64-bit little-endian ELF file. */
export function machineOf(elf: Uint8Array): Machine {
  const magic = [0x7f, 0x45, 0x4c, 0x46, 2, 1];
  if (elf.length < 64 || magic.some((byte, index) => elf[index] !== byte)) {
    throw new Error("read ELF: not a 64-bit little-endian ELF file");
  }
  const id = view(elf).getUint16(18, true);
  const machine = MACHINES.find((known) => known.id === id);
  if (!machine) throw new Error(`read ELF: machine ${id} is not supported`);
  return machine;
}

/** The program header table, in file order. */
export function segments(elf: Uint8Array): Segment[] {
  const data = view(elf);
  return Array.from({ length: data.getUint16(56, true) }, (_, index) => {
    const at = Number(data.getBigUint64(32, true)) + index * SEGMENT_SIZE;
    return {
      type: data.getUint32(at, true),
      flags: data.getUint32(at + 4, true),
      offset: data.getBigUint64(at + 8, true),
      address: data.getBigUint64(at + 16, true),
      fileSize: data.getBigUint64(at + 32, true),
      memorySize: data.getBigUint64(at + 40, true),
      align: data.getBigUint64(at + 48, true),
    };
  });
}

/** Virtual address at which the program starts. */
export function entryAddress(elf: Uint8Array): bigint {
  return view(elf).getBigUint64(24, true);
}

/** First page-aligned address above every loaded segment. */
export function freeAddress(elf: Uint8Array): bigint {
  let top = 0n;
  let align = 0x1000n;
  for (const segment of segments(elf)) {
    if (segment.type !== PT_LOAD) continue;
    const end = segment.address + segment.memorySize;
    if (end > top) top = end;
    if (segment.align > align) align = segment.align;
  }
  return (top + align - 1n) / align * align;
}

/**
 * Changes the file in place: its PT_NOTE (which nothing needs at run time)
 * becomes a last, read-only and executable PT_LOAD, and the program starts at
 * `entry`.
 */
export function replaceNote(
  elf: Uint8Array,
  segment: { offset: bigint; address: bigint; size: bigint; align: bigint },
  entry: bigint,
): void {
  const data = view(elf);
  const table = Number(data.getBigUint64(32, true));
  const all = segments(elf);
  const note = all.findIndex(({ type }) => type === PT_NOTE);
  if (note < 0) throw new Error("patch ELF: it has no PT_NOTE to replace");
  // Loaders want PT_LOAD entries in ascending order, so the new one goes last.
  const tail = table + (note + 1) * SEGMENT_SIZE;
  const end = table + all.length * SEGMENT_SIZE;
  elf.copyWithin(tail - SEGMENT_SIZE, tail, end);
  const at = end - SEGMENT_SIZE;
  data.setUint32(at, PT_LOAD, true);
  data.setUint32(at + 4, 4 | 1, /* readable, executable */ true);
  data.setBigUint64(at + 8, segment.offset, true);
  data.setBigUint64(at + 16, segment.address, true);
  data.setBigUint64(at + 24, segment.address, true);
  data.setBigUint64(at + 32, segment.size, true);
  data.setBigUint64(at + 40, segment.size, true);
  data.setBigUint64(at + 48, segment.align, true);
  data.setBigUint64(24, entry, true);
}

/** What the file maps into memory; it must be one segment, and all of that in the file. */
export function imageOf(elf: Uint8Array): Uint8Array {
  machineOf(elf);
  const [image, ...more] = segments(elf).filter(({ type }) => type === PT_LOAD);
  if (!image || more.length > 0 || image.fileSize !== image.memorySize) {
    throw new Error("read ELF: not one segment that lies whole in the file");
  }
  const start = Number(image.offset);
  return elf.slice(start, start + Number(image.fileSize));
}

/** Virtual address of the slot that ld.so fills with the address of `symbol`. */
export function symbolSlot(elf: Uint8Array, symbol: string): bigint {
  const { globDat, jumpSlot } = machineOf(elf);
  // Filled alike before the program starts: what csc builds upon binds at once.
  const slot = symbolRelocations(elf, symbol)
    .find(({ type }) => type === globDat || type === jumpSlot);
  if (slot) return slot.address;
  throw new Error(`read ELF: no slot for the symbol "${symbol}"`);
}

/**
 * Changes the file in place: wherever it asks ld.so for the address of
 * `symbol`, it gets `address` of its own instead. Throws if it never asks.
 */
export function replaceSymbol(
  elf: Uint8Array,
  symbol: string,
  address: bigint,
): void {
  const { globDat, jumpSlot, relative } = machineOf(elf);
  const slots = symbolRelocations(elf, symbol)
    .filter(({ type }) => type === globDat || type === jumpSlot);
  if (slots.length === 0) {
    throw new Error(`patch ELF: no slot for the symbol "${symbol}"`);
  }
  for (const { at } of slots) {
    view(elf).setBigUint64(at + 8, BigInt(relative), true);
    view(elf).setBigInt64(at + 16, address, true);
  }
}

/**
 * Changes the file in place: `before`, which must be in it exactly once, becomes
 * `after`, of the same length.
 */
export function replaceText(
  elf: Uint8Array,
  before: string,
  after: string,
): void {
  // Latin-1, so that a character is a byte; one engine's search, not our loop.
  const text = new TextDecoder("latin1").decode(elf);
  const at = text.indexOf(before);
  if (
    at < 0 || text.indexOf(before, at + 1) >= 0 ||
    before.length !== after.length
  ) {
    throw new Error(
      `patch ELF: ${JSON.stringify(before)} is not in it exactly once`,
    );
  }
  elf.set(new TextEncoder().encode(after), at);
}

/** One relocation: where its entry lies in the file, what it fills, and how. */
interface Relocation {
  readonly at: number;
  readonly address: bigint;
  readonly type: number;
}

/** All relocations that name a symbol, of data and of calls. */
function symbolRelocations(elf: Uint8Array, symbol: string): Relocation[] {
  const data = view(elf);
  const dynamic = dynamicSection(elf);
  const symbols = fileOffset(elf, required(dynamic, DT_SYMTAB));
  const names = fileOffset(elf, required(dynamic, DT_STRTAB));
  const found: Relocation[] = [];
  for (
    const [start, length] of [[DT_RELA, DT_RELASZ], [DT_JMPREL, DT_PLTRELSZ]]
  ) {
    if (!dynamic.some(([tag]) => tag === start)) continue;
    const table = fileOffset(elf, required(dynamic, start!));
    const end = table + Number(required(dynamic, length!));
    for (let at = table; at < end; at += RELOCATION_SIZE) {
      const info = data.getBigUint64(at + 8, true);
      const entry = symbols + Number(info >> 32n) * 24;
      if (info >> 32n === 0n) continue; // names no symbol
      if (cString(elf, names + data.getUint32(entry, true)) !== symbol) {
        continue;
      }
      const type = Number(info & 0xffffffffn);
      found.push({ at, address: data.getBigUint64(at, true), type });
    }
  }
  return found;
}

/** Names of the shared libraries that the file asks for. */
export function neededLibraries(elf: Uint8Array): string[] {
  const dynamic = dynamicSection(elf);
  if (!dynamic.some(([tag]) => tag === DT_NEEDED)) return [];
  const names = fileOffset(elf, required(dynamic, DT_STRTAB));
  return dynamic
    .filter(([tag]) => tag === DT_NEEDED)
    .map(([, value]) => cString(elf, names + Number(value)));
}

function dynamicSection(elf: Uint8Array): [tag: bigint, value: bigint][] {
  const segment = segments(elf).find(({ type }) => type === PT_DYNAMIC);
  if (!segment) return [];
  const data = view(elf);
  const start = Number(segment.offset);
  const entries: [bigint, bigint][] = [];
  for (let at = start; at < start + Number(segment.fileSize); at += 16) {
    entries.push([
      data.getBigUint64(at, true),
      data.getBigUint64(at + 8, true),
    ]);
  }
  return entries;
}

function required(dynamic: [bigint, bigint][], tag: bigint): bigint {
  const found = dynamic.find(([candidate]) => candidate === tag);
  if (!found) throw new Error(`read ELF: no dynamic entry of type ${tag}`);
  return found[1];
}

function fileOffset(elf: Uint8Array, address: bigint): number {
  for (const segment of segments(elf)) {
    const inside = address - segment.address;
    if (segment.type !== PT_LOAD || inside < 0n) continue;
    if (inside < segment.fileSize) return Number(segment.offset + inside);
  }
  throw new Error(`read ELF: address ${address} is not in the file`);
}

function cString(elf: Uint8Array, at: number): string {
  return new TextDecoder("latin1").decode(elf.subarray(at, elf.indexOf(0, at)));
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

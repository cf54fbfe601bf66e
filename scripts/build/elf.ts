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

/** What differs between processors. */
export interface Machine {
  /** As Deno.build.arch spells it. */
  readonly arch: "x86_64" | "aarch64";
  /** e_machine. */
  readonly id: number;
  /** Relocation type of a slot that receives a symbol's address. */
  readonly globDat: number;
}

/** Processors whose ELF files can be read. */
export const MACHINES: readonly Machine[] = [
  { arch: "x86_64", id: 62, globDat: 6 },
  { arch: "aarch64", id: 183, globDat: 1025 },
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
  const { globDat } = machineOf(elf);
  const data = view(elf);
  const dynamic = dynamicSection(elf);
  const table = fileOffset(elf, required(dynamic, DT_RELA));
  const size = Number(required(dynamic, DT_RELASZ));
  const symbols = fileOffset(elf, required(dynamic, DT_SYMTAB));
  const names = fileOffset(elf, required(dynamic, DT_STRTAB));
  for (let at = table; at < table + size; at += 24) {
    const info = data.getBigUint64(at + 8, true);
    if (Number(info & 0xffffffffn) !== globDat) continue;
    const entry = symbols + Number(info >> 32n) * 24;
    if (cString(elf, names + data.getUint32(entry, true)) === symbol) {
      return data.getBigUint64(at, true);
    }
  }
  throw new Error(`read ELF: no slot for the symbol "${symbol}"`);
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

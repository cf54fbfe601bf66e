/**
 * The embed flavour: the official Deno executable with one more segment that
 * holds the entry routine and the loader, and the payload behind it
 * (native/entry/README.md).
 *
 *   Deno's ELF | payload (not mapped) | page-aligned segment (mapped)
 *
 * @module
 */
import {
  entryAddress,
  freeAddress,
  machineOf,
  replaceNote,
  symbolSlot,
} from "./elf.ts";

/** What Deno is told before the caller's arguments. */
const ARGUMENTS = [
  "run",
  // Nothing in the current directory or above may configure csc ...
  "--no-config",
  "--no-lock",
  // ... nothing is fetched or cached ...
  "--cached-only",
  "--no-remote",
  "--no-npm",
  "--no-code-cache",
  // ... the loader is JavaScript, which its name under /proc does not tell ...
  "--ext=js",
  // ... V8 would parse the whole program again to tell where the first error
  // was thrown, and a missing file is an error ...
  "--v8-flags=--no-enable-lazy-source-positions",
  // ... and main.ts gives up by itself what a verb does not need.
  "--no-prompt",
  "-A",
];

/**
 * Deno insists on a cache directory and reads .npmrc in the home directory even
 * with --no-npm: both get paths that nobody can create. The loader gives HOME
 * back before the bundle runs.
 */
const ADDED_ENVIRONMENT = [
  "DENO_DIR=/proc/self/csc-has-no-cache",
  "DENO_DISABLE_NODE_SHIM=1",
  "DENO_NO_PACKAGE_JSON=1",
  "DENO_NO_UPDATE_CHECK=1",
  "HOME=/proc/self/csc-has-no-home",
];

/** What variables must not start with: those that configure Deno or its libraries. */
const DROPPED_NAMES = [
  "HOME=",
  "DENO_",
  "NODE_",
  "NPM_CONFIG_",
  "npm_config_",
  "OTEL_",
  "RUST_",
];

const HEADER_MAGIC = 0x5952544e45435343n; // "CSCENTRY", little endian
const HEADER_SIZE = 96;

/** Where the payload will start in the packed file; the loader must know. */
export function payloadOffset(deno: Uint8Array): number {
  return roundUp(deno.length, 64);
}

/** Packs everything into one executable; `image` is the compiled entry routine. */
export function embed(
  deno: Uint8Array,
  image: Uint8Array,
  loader: Uint8Array,
  payload: Uint8Array,
): Uint8Array<ArrayBuffer> {
  machineOf(deno);
  const align = 0x10000; // the largest page size of any Linux machine
  const address = roundUpTo(freeAddress(deno), BigInt(align));
  const segment = fillSegment(image, loader, {
    originalEntry: entryAddress(deno) - address,
    environSlot: symbolSlot(deno, "environ") - address,
  });
  const offset = roundUp(payloadOffset(deno) + payload.length, align);

  const packed = new Uint8Array(offset + segment.length);
  packed.set(deno);
  packed.set(payload, payloadOffset(deno));
  packed.set(segment, offset);
  const start = new DataView(segment.buffer).getBigUint64(8, true);
  replaceNote(packed, {
    offset: BigInt(offset),
    address,
    size: BigInt(segment.length),
    align: BigInt(align),
  }, address + start);
  return packed;
}

/** Completes `struct entry_header` and appends what it points at. */
function fillSegment(
  image: Uint8Array,
  loader: Uint8Array,
  places: { originalEntry: bigint; environSlot: bigint },
): Uint8Array<ArrayBuffer> {
  const lists = [ARGUMENTS, ADDED_ENVIRONMENT, DROPPED_NAMES].map((list) => ({
    count: list.length,
    bytes: new TextEncoder().encode(list.map((text) => `${text}\0`).join("")),
  }));
  const tail = [loader, ...lists.map(({ bytes }) => bytes)];
  const size = tail.reduce((sum, { length }) => sum + length, image.length);
  const segment = new Uint8Array(size);
  segment.set(image);

  const header = new DataView(segment.buffer);
  if (
    image.length < HEADER_SIZE ||
    header.getBigUint64(0, true) !== HEADER_MAGIC
  ) {
    throw new Error("pack: the entry image does not start with its header");
  }
  const offsets: number[] = [];
  let at = image.length;
  for (const bytes of tail) {
    segment.set(bytes, at);
    offsets.push(at);
    at += bytes.length;
  }
  header.setBigInt64(16, places.originalEntry, true);
  header.setBigInt64(24, places.environSlot, true);
  header.setBigUint64(32, BigInt(offsets[0]!), true);
  header.setBigUint64(40, BigInt(loader.length), true);
  lists.forEach(({ count }, index) => {
    header.setBigUint64(48 + 16 * index, BigInt(offsets[index + 1]!), true);
    header.setBigUint64(56 + 16 * index, BigInt(count), true);
  });
  return segment;
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

function roundUpTo(value: bigint, unit: bigint): bigint {
  return (value + unit - 1n) / unit * unit;
}

/**
 * The embed flavour: the official Deno executable with one more segment that
 * holds the entry routine, the natives and the loader, and the payload before
 * it (native/entry/README.md).
 *
 *   Deno's ELF | payload (not mapped) | page-aligned segment (mapped)
 *
 * @module
 */
import type { NativeName } from "../../src/embedded.ts";
import {
  entryAddress,
  freeAddress,
  machineOf,
  replaceNote,
  symbolSlot,
} from "./elf.ts";

/**
 * What V8 is told, in both flavours. Most of csc's own time is V8 reading code
 * that runs once; each of these was measured (tests/README.md, Figures).
 */
export const V8_FLAGS = [
  // Nearly all of a chunk runs, so it is compiled in one go: compiled lazily,
  // each function is read twice, once to find its end, once to compile it.
  "--no-lazy-eval",
  // Nothing runs long enough for other threads to be worth waking.
  "--single-threaded",
  // Nor for machine code that is quick to make; hot loops still get optimized.
  "--no-sparkplug",
  // Room for what a run allocates, in MiB: no collection comes in between.
  "--min-semi-space-size=2",
  // Otherwise the first error, which a missing file is, has all of the program
  // parsed again to tell where it was thrown.
  "--no-enable-lazy-source-positions",
];

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
  // ... V8 compiles for a program that is over after milliseconds ...
  `--v8-flags=${V8_FLAGS.join(",")}`,
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
  // On a terminal Deno would tell people about the caches it cannot have.
  "DENO_LOG=error,deno::cache::cache_db=off",
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
const HEADER_SIZE = 128;

const ALIGN = 0x10000; // the largest page size of any Linux machine

/** What goes into the executable, in the order in which it lies there. */
export interface EmbedContents {
  readonly deno: Uint8Array;
  readonly payload: Uint8Array;
  /** The compiled entry routine. */
  readonly image: Uint8Array;
  readonly natives: Readonly<Record<NativeName, Uint8Array>>;
}

/** Offsets in the packed file; the loader must know them. */
export interface EmbedPlaces {
  readonly payload: number;
  readonly natives: Readonly<Record<NativeName, number>>;
}

/** Where things will be, whatever the loader's text is going to be. */
export function embedPlaces(contents: EmbedContents): EmbedPlaces {
  const payload = roundUp(contents.deno.length, 64);
  const segment = roundUp(payload + contents.payload.length, ALIGN);
  const bridge = segment + contents.image.length;
  const launcher = bridge + contents.natives["bridge.so"].length;
  return { payload, natives: { "bridge.so": bridge, launcher } };
}

/** Packs everything into one executable. */
export function embed(
  contents: EmbedContents,
  loader: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const { deno, payload } = contents;
  machineOf(deno);
  const address = roundUpTo(freeAddress(deno), BigInt(ALIGN));
  const segment = fillSegment(contents, loader, {
    originalEntry: entryAddress(deno) - address,
    environSlot: symbolSlot(deno, "environ") - address,
  });
  const places = embedPlaces(contents);
  const offset = roundUp(places.payload + payload.length, ALIGN);

  const packed = new Uint8Array(offset + segment.length);
  packed.set(deno);
  packed.set(payload, places.payload);
  packed.set(segment, offset);
  const start = new DataView(segment.buffer).getBigUint64(8, true);
  replaceNote(packed, {
    offset: BigInt(offset),
    address,
    size: BigInt(segment.length),
    align: BigInt(ALIGN),
  }, address + start);
  return packed;
}

/** Completes `struct entry_header` and appends what it points at. */
function fillSegment(
  { image, natives }: EmbedContents,
  loader: Uint8Array,
  places: { originalEntry: bigint; environSlot: bigint },
): Uint8Array<ArrayBuffer> {
  const lists = [ARGUMENTS, ADDED_ENVIRONMENT, DROPPED_NAMES].map((list) => ({
    count: list.length,
    bytes: new TextEncoder().encode(list.map((text) => `${text}\0`).join("")),
  }));
  // In the order that embedPlaces() counts on.
  const bridge = {
    count: natives["bridge.so"].length,
    bytes: natives["bridge.so"],
  };
  const launcher = { count: natives.launcher.length, bytes: natives.launcher };
  const script = { count: loader.length, bytes: loader };
  const tail = [bridge, launcher, script, ...lists];
  const size = tail.reduce(
    (sum, { bytes }) => sum + bytes.length,
    image.length,
  );
  const segment = new Uint8Array(size);
  segment.set(image);

  const header = new DataView(segment.buffer);
  if (
    image.length < HEADER_SIZE ||
    header.getBigUint64(0, true) !== HEADER_MAGIC
  ) {
    throw new Error("pack: the entry image does not start with its header");
  }
  const offsets = new Map<typeof script, number>();
  let at = image.length;
  for (const part of tail) {
    segment.set(part.bytes, at);
    offsets.set(part, at);
    at += part.bytes.length;
  }
  header.setBigInt64(16, places.originalEntry, true);
  header.setBigInt64(24, places.environSlot, true);
  [script, bridge, launcher, ...lists].forEach((part, index) => {
    header.setBigUint64(32 + 16 * index, BigInt(offsets.get(part)!), true);
    header.setBigUint64(40 + 16 * index, BigInt(part.count), true);
  });
  return segment;
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

function roundUpTo(value: bigint, unit: bigint): bigint {
  return (value + unit - 1n) / unit * unit;
}

/**
 * The embed flavour: the official Deno executable with one more segment that
 * holds the entry routine, the natives, the loader and the code cache, and the
 * payload before it (native/entry/README.md).
 *
 *   Deno's ELF | payload (not mapped) | page-aligned segment (mapped)
 *
 * @module
 */
import type { NativeName } from "../../src/embedded.ts";
import { CACHE_FILE, CACHE_FOLDER, JOURNAL } from "./code_cache.ts";
import {
  entryAddress,
  freeAddress,
  machineOf,
  replaceNote,
  replaceSymbol,
  replaceText,
  symbolSlot,
} from "./elf.ts";

/**
 * What V8 is told, in both flavours. Most of csc's own time is V8 reading code
 * that runs once; each of these was measured (tests/README.md, Figures).
 */
export const V8_FLAGS = [
  // Nearly all of a chunk runs, so it is compiled in one go: compiled lazily,
  // each function is read twice, once to find its end, once to compile it, and
  // the code cache would hold the outermost functions only.
  "--no-lazy",
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
export const ARGUMENTS = [
  "run",
  // Nothing in the current directory or above may configure csc ...
  "--no-config",
  "--no-lock",
  // ... nothing is fetched ...
  "--cached-only",
  "--no-remote",
  "--no-npm",
  // ... the module is JavaScript, which its name under /proc does not tell ...
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
  `DENO_DIR=${CACHE_FOLDER}`,
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
const HEADER_SIZE = 176;

const ALIGN = 0x10000; // the largest page size of any Linux machine

/** What goes into the executable, in the order in which it lies there. */
export interface EmbedContents {
  readonly deno: Uint8Array;
  readonly payload: Uint8Array;
  /** The compiled entry routine. */
  readonly image: Uint8Array;
  readonly natives: Readonly<Record<NativeName, Uint8Array>>;
  /** The script that start.ts evaluates. */
  readonly loader: Uint8Array;
  /** The module that Deno runs. */
  readonly start: Uint8Array;
  /** The code of texts (code_cache.ts); null where none could be made. */
  readonly cache: Uint8Array | null;
}

/** Offsets in the packed file; the loader must know them. */
export interface EmbedPlaces {
  readonly payload: number;
  readonly natives: Readonly<Record<NativeName, number>>;
  readonly loader: number;
}

/** What the places of all parts depend on. */
type Placed = Pick<EmbedContents, "deno" | "payload" | "image" | "natives">;

/** Where things will be, whatever the loader's text is going to be. */
export function embedPlaces(contents: Placed): EmbedPlaces {
  const payload = roundUp(contents.deno.length, 64);
  const segment = roundUp(payload + contents.payload.length, ALIGN);
  const bridge = segment + contents.image.length;
  const launcher = bridge + contents.natives["bridge.so"].length;
  const loader = launcher + contents.natives.launcher.length;
  return { payload, natives: { "bridge.so": bridge, launcher }, loader };
}

/** Packs everything into one executable. */
export function embed(contents: EmbedContents): Uint8Array<ArrayBuffer> {
  const { deno, payload } = contents;
  machineOf(deno);
  const address = roundUpTo(freeAddress(deno), BigInt(ALIGN));
  const segment = fillSegment(contents, {
    originalEntry: entryAddress(deno) - address,
    environSlot: symbolSlot(deno, "environ") - address,
    errnoSlot: symbolSlot(deno, "__errno_location") - address,
  });
  const places = embedPlaces(contents);
  const offset = roundUp(places.payload + payload.length, ALIGN);

  const packed = new Uint8Array(offset + segment.length);
  packed.set(deno);
  packed.set(payload, places.payload);
  packed.set(segment, offset);
  const header = new DataView(segment.buffer);
  const start = header.getBigUint64(8, true);
  if (contents.cache !== null) {
    const open = address + header.getBigUint64(16, true);
    replaceSymbol(packed, "open64", open);
    replaceSymbol(packed, "open", open);
    replaceText(packed, ...JOURNAL);
  }
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
  { image, natives, loader, start, cache }: EmbedContents,
  places: { originalEntry: bigint; environSlot: bigint; errnoSlot: bigint },
): Uint8Array<ArrayBuffer> {
  const lists = [
    ARGUMENTS,
    ADDED_ENVIRONMENT,
    DROPPED_NAMES,
    [`${CACHE_FOLDER}/${CACHE_FILE}`],
  ].map((list) => ({
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
  const module = { count: start.length, bytes: start };
  const code = { count: cache?.length ?? 0, bytes: cache ?? new Uint8Array() };
  const tail = [bridge, launcher, script, module, ...lists, code];
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
  header.setBigInt64(24, places.originalEntry, true);
  header.setBigInt64(32, places.environSlot, true);
  header.setBigInt64(40, places.errnoSlot, true);
  [module, bridge, launcher, ...lists, code].forEach((part, index) => {
    header.setBigUint64(48 + 16 * index, BigInt(offsets.get(part)!), true);
    header.setBigUint64(56 + 16 * index, BigInt(part.count), true);
  });
  return segment;
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

function roundUpTo(value: bigint, unit: bigint): bigint {
  return (value + unit - 1n) / unit * unit;
}

/**
 * The bridge to native code: the only place that loads it (design §3).
 *
 * Both artifacts are used from sealed memory files: nothing is unpacked to
 * disk, and it works with a noexec /tmp and a read-only root. The entry routine
 * has made those files when csc starts; where it has not (compile flavour,
 * unbundled), they are made here.
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import { nativeDescriptor, readNative } from "../embedded.ts";
import { errnoText } from "./errno.ts";

const MFD_CLOEXEC = 1;
/** Stands where an operation takes no descriptor. */
export const NO_FD = -1;

/** Operations of csc_files (native/bridge/bridge.h). */
export const FILE_OP = {
  memfd: 1,
  openDirectory: 2,
  enterDirectory: 3,
  replace: 4,
  create: 5,
  syncDirectory: 6,
  close: 7,
  release: 8,
  gate: 9,
  openGate: 10,
  openFile: 11,
  tryMaking: 12,
  look: 13,
  read: 14,
  write: 15,
  segmentPipe: 16,
  landlockAbi: 17,
  lookIn: 20,
} as const;

const LIBC = {
  close: { parameters: ["i32"], result: "i32" },
  memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
} as const;

const BRIDGE = {
  csc_call: {
    // Four numbers in a structure: for a symbol without one, Deno makes machine
    // code as soon as it is loaded, half a millisecond for calls by the million.
    parameters: [
      { struct: ["u32", "i32", "u32", "u32"] },
      "buffer",
      "buffer",
      "buffer",
      "u64",
    ],
    result: "i32",
  },
  // Blocks for as long as the command runs: on a thread of its own.
  csc_run: {
    parameters: ["buffer", "buffer", "buffer", "buffer"],
    result: "i32",
    nonblocking: true,
  },
} as const;

/** struct csc_call. */
function call(op: number, fd: number, mode = 0, flag = 0): Bytes {
  return new Uint8Array(Int32Array.of(op, fd, mode, flag).buffer);
}

/** What FFI takes. */
export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const NOTHING: Bytes = new Uint8Array(0);

function cString(text: string): Bytes {
  return encoder.encode(`${text}\0`);
}

let bridge: Deno.DynamicLibrary<typeof BRIDGE> | undefined;

/** Loads the bridge on first use; verbs that only read never pay for it. */
function symbols(): Deno.DynamicLibrary<typeof BRIDGE>["symbols"] {
  bridge ??= openBridge(BRIDGE);
  return bridge.symbols;
}

/** Loads the bridge with these of its exports. Throws SANDBOX_UNAVAILABLE. */
export function openBridge<S extends Deno.ForeignLibraryInterface>(
  wanted: S,
): Deno.DynamicLibrary<S> {
  const given = nativeDescriptor("bridge.so");
  const code = given === null ? readNative("bridge.so") : NOTHING;
  try {
    if (given !== null) return Deno.dlopen(`/proc/self/fd/${given}`, wanted);
    const libc = Deno.dlopen("libc.so.6", LIBC);
    const fd = libc.symbols.memfd_create(cString("csc-bridge"), MFD_CLOEXEC);
    let written = 0;
    while (fd >= 0 && written < code.length) {
      const rest = code.subarray(written);
      const n = Number(libc.symbols.write(fd, rest, BigInt(rest.length)));
      if (n <= 0) break;
      written += n;
    }
    if (written !== code.length) {
      throw new Error("the kernel gave no memory file");
    }
    const library = Deno.dlopen(`/proc/self/fd/${fd}`, wanted);
    // The mapping stays; the descriptor is of no more use.
    libc.symbols.close(fd);
    return library;
  } catch (cause) {
    throw new CscError(
      "SANDBOX_UNAVAILABLE",
      `load the native bridge: ${
        cause instanceof Error ? cause.message : cause
      }`,
      {
        hint: "csc needs Linux with glibc, /proc mounted, and memfd_create.",
        cause,
      },
    );
  }
}

/**
 * One operation of csc_files: a descriptor, 0 or a negative error number. Which
 * arguments it takes is in native/bridge/bridge.h.
 */
export function files(
  op: number,
  fd: number,
  name: string | null = null,
  other: string | null = null,
  bytes: Bytes = NOTHING,
  mode = 0,
  flag = 0,
): number {
  return symbols().csc_call(
    call(op, fd, mode, flag),
    name === null ? null : cString(name),
    other === null ? null : cString(other),
    bytes,
    BigInt(bytes.length),
  );
}

/** A sealed, close-on-exec memory file; the caller closes it. */
export function sealedMemory(
  name: string,
  bytes: Bytes,
  executable: boolean,
): number {
  const fd = files(
    FILE_OP.memfd,
    NO_FD,
    name,
    null,
    bytes,
    0,
    executable ? 1 : 0,
  );
  if (fd < 0) {
    throw new CscError(
      "SANDBOX_UNAVAILABLE",
      `make the memory file ${quote(name)}: ${errnoText(-fd)}`,
      {
        hint: executable && -fd !== EMFILE
          ? "The sysctl vm.memfd_noexec must not be 2."
          : "Check the limits on open files and memory.",
      },
    );
  }
  return fd;
}

const EMFILE = 24;

let launcher: number | undefined;

/**
 * The launcher in a sealed memory file. It is the same for every sandbox of
 * this process and lives as long as it: nobody closes it.
 */
export function launcherDescriptor(): number {
  return launcher ??= nativeDescriptor("launcher") ??
    sealedMemory("csc-launcher", readNative("launcher"), true);
}

/** A pipe between two children of csc. */
export interface SegmentPipe {
  readonly reading: number;
  readonly writing: number;
}

/**
 * A close-on-exec pipe, whose ends the caller closes; null where the kernel
 * gives none. From the first on, children get descriptors 0 to 2 and no others.
 */
export function segmentPipe(): SegmentPipe | null {
  const ends = new Int32Array(2);
  const bytes = new Uint8Array(ends.buffer);
  if (files(FILE_OP.segmentPipe, NO_FD, null, null, bytes) < 0) return null;
  const [reading = NO_FD, writing = NO_FD] = ends;
  return { reading, writing };
}

/** Closes a descriptor that this module handed out to be closed. */
export function closeDescriptor(fd: number): void {
  files(FILE_OP.close, fd);
}

/**
 * Runs one sandbox to its end; see native/bridge/bridge.h for the structures.
 * Fills `answer`, which must be released once its output has been taken, and
 * `observation` (OBSERVATION_MAX zeros), that one before the command can start.
 */
export async function runSandbox(
  request: Bytes,
  cgroupFiles: Bytes,
  answer: Bytes,
  observation: Bytes,
): Promise<void> {
  await symbols().csc_run(request, cgroupFiles, answer, observation);
  // FFI holds addresses only: used here, the buffers live until now.
  if (request.length === 0 || cgroupFiles.length === 0) {
    throw new CscError("INTERNAL", "run a sandbox: an empty buffer was given");
  }
}

/** A gate that keeps one sandbox from starting its command; the caller closes it. */
export function makeGate(): number {
  const fd = files(FILE_OP.gate, NO_FD);
  if (fd < 0) {
    throw new CscError(
      "SANDBOX_UNAVAILABLE",
      `make an event descriptor: ${errnoText(-fd)}`,
      { hint: "Check the limit on open files." },
    );
  }
  return fd;
}

/** Lets the command behind the gate start, or ends it, started or not. */
export function openGate(gate: number, start: boolean): void {
  files(FILE_OP.openGate, gate, null, null, NOTHING, 0, start ? 1 : 0);
}

/** Copies what the bridge has kept at an address of a filled answer. */
export function takeOutput(address: bigint, length: number): Bytes {
  const bytes = new Uint8Array(length);
  const pointer = Deno.UnsafePointer.create(address);
  if (pointer !== null && length > 0) {
    new Deno.UnsafePointerView(pointer).copyInto(bytes);
  }
  return bytes;
}

/** Gives the output buffers of an answer back; once only. */
export function releaseAnswer(answer: Bytes): void {
  files(FILE_OP.release, NO_FD, null, null, answer);
}

/** Version of Landlock that the kernel has; 0 for none that can be had. */
export function landlockAbi(): number {
  // Not built, not started with, or refused by a filter around csc.
  return Math.max(0, files(FILE_OP.landlockAbi, NO_FD));
}

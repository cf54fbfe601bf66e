/**
 * What is at a path, and what the kernel's own files say, asked by way of the
 * bridge: planning asks a hundred times, most answers are "nothing", and each
 * of those would be an exception from Deno.
 *
 * Here nothing throws: an errno is an answer.
 *
 * @module
 */
import { FILE_OP, files } from "./native.ts";

/** What is at a path. */
export interface Look {
  readonly kind: "directory" | "file" | "link" | "other";
  /** Permission bits with set-id bits and the sticky bit. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Which file it is: device and inode. */
  readonly dev: bigint;
  readonly ino: bigint;
  /** How many names it has. */
  readonly names: number;
  /** Where a link leads; "" for anything else. */
  readonly target: string;
}

/** What cannot be looked at: the error number. */
export interface Unseen {
  readonly kind: "unseen";
  readonly errno: number;
}

/** Asks what is at an absolute path. */
export type LookAt = (path: string) => Look | Unseen;

/** struct csc_look of native/bridge/bridge.h. */
const LOOK_LINK = 40;
export const LOOK_LEN = LOOK_LINK + 4096;

const TYPE = 0o170000;
const KINDS: Readonly<Record<number, Look["kind"]>> = {
  0o040000: "directory",
  0o100000: "file",
  0o120000: "link",
};

const ENOENT = 2;
const EFBIG = 27;

/** Reads a filled struct csc_look. */
export function decodeLook(bytes: Uint8Array<ArrayBuffer>): Look {
  const view = new DataView(bytes.buffer);
  const mode = view.getUint32(0, true);
  const length = view.getUint32(12, true);
  return {
    kind: KINDS[mode & TYPE] ?? "other",
    mode: mode & 0o7777,
    uid: view.getUint32(4, true),
    gid: view.getUint32(8, true),
    dev: view.getBigUint64(16, true),
    ino: view.getBigUint64(24, true),
    names: Number(view.getBigUint64(32, true)),
    target: length === 0 ? "" : new TextDecoder()
      .decode(bytes.subarray(LOOK_LINK, LOOK_LINK + length)),
  };
}

/** What the bridge fills; each answer is read before the next is asked for. */
let room: Uint8Array<ArrayBuffer> | undefined;

function look(path: string, follow: boolean): Look | Unseen {
  // C would see a shorter path than the one that was asked about.
  if (path.includes("\0")) return { kind: "unseen", errno: ENOENT };
  room ??= new Uint8Array(LOOK_LEN);
  const done = files(FILE_OP.look, -1, path, null, room, 0, follow ? 1 : 0);
  return done < 0 ? { kind: "unseen", errno: -done } : decodeLook(room);
}

/** What is at the path itself, a link included. */
export function lookAt(path: string): Look | Unseen {
  return look(path, false);
}

/** What the path leads to. */
export function lookThrough(path: string): Look | Unseen {
  return look(path, true);
}

/** `lookAt` that asks about each path once: for one moment's planning. */
export function lookOnce(): LookAt {
  const seen = new Map<string, Look | Unseen>();
  return (path) => {
    const known = seen.get(path);
    if (known !== undefined) return known;
    const found = lookAt(path);
    seen.set(path, found);
    return found;
  };
}

/** For files of a usual size; what is read is text before the next is asked for. */
let page: Uint8Array<ArrayBuffer> | undefined;

/** The text of a file of /proc or /sys; null where it cannot be read. */
export function readKernelFile(path: string): string | null {
  page ??= new Uint8Array(16 * 1024);
  for (let bytes = page;; bytes = new Uint8Array(bytes.length * 32)) {
    const length = files(FILE_OP.read, -1, path, null, bytes);
    if (length >= 0) return new TextDecoder().decode(bytes.subarray(0, length));
    if (-length !== EFBIG || bytes.length > 512 * 1024) return null;
  }
}

/** enum csc_kind of native/bridge/bridge.h, from 1 on. */
const NUMBERED = ["directory", "file", "link", "other"] as const;

/** Names to be looked for in one directory after another. */
export interface NamesIn {
  readonly names: readonly string[];
  /** An answer for each, then each with its NUL. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Names as the bridge takes them. */
export function namesIn(names: readonly string[]): NamesIn {
  const text = new TextEncoder().encode(
    names.map((name) => `${name}\0`).join(""),
  );
  const bytes = new Uint8Array(names.length + text.length);
  bytes.set(text, names.length);
  return { names, bytes };
}

/** What is at these names in one directory; null where none of them is. */
export function lookIn(
  directory: string,
  { names, bytes }: NamesIn,
): ReadonlyMap<string, Look["kind"]> | null {
  const { lookIn } = FILE_OP;
  const found = files(lookIn, -1, directory, null, bytes, names.length);
  // Also where the directory is not there, or cannot be seen.
  if (found <= 0) return null;
  const kinds = new Map<string, Look["kind"]>();
  for (const [index, name] of names.entries()) {
    const kind = NUMBERED[(bytes[index] ?? 0) - 1];
    if (kind !== undefined) kinds.set(name, kind);
  }
  return kinds;
}

/** The first bytes of a file, at most `length`; none of what cannot be read. */
export function readStart(
  path: string,
  length: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  const read = files(FILE_OP.read, -1, path, null, bytes);
  // Of a longer file they are there all the same.
  return bytes.subarray(0, -read === EFBIG ? length : Math.max(0, read));
}

/** Gives a value to a file of /sys that is there; false if it is not taken. */
export function writeKernelFile(path: string, value: string): boolean {
  const bytes = new TextEncoder().encode(value);
  return files(FILE_OP.write, -1, path, null, bytes) >= 0;
}

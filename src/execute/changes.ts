/**
 * What a staged run has changed: the bridge's records as values, and as JSON.
 *
 * @module
 */
import { fromUtf8Strict, toBase64, toHex, utf8 } from "../core/bytes.ts";
import type { JsonObject, JsonValue } from "../core/json.ts";

/** What lies at a path. */
export type EntryType =
  | "file"
  | "directory"
  | "symlink"
  | "fifo"
  | "socket"
  | "device";

/** What the host had there. Numbers of 64 bits as decimal text. */
export interface BaseEntry {
  /** st_mode. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly ino: string;
  readonly size: string;
  readonly mtime_ns: string;
  readonly ctime_ns: string;
  /** Over all below it, for a directory that is gone. */
  readonly tree_sha256: string;
}

/** One path that a run has created, changed or deleted. */
export interface Change {
  readonly change: "created" | "changed" | "deleted";
  /** Below the scope. */
  readonly path: Uint8Array;
  readonly type: EntryType | null;
  /** Permission bits; 0 for what is deleted. */
  readonly mode: number;
  readonly size: number;
  readonly mtimeNs: string;
  /** Of a file's content. */
  readonly sha256: string | null;
  /** Text of a link. */
  readonly target: Uint8Array | null;
  /** Names of its extended attributes. */
  readonly xattrs: readonly string[];
  /** Nothing is left of what was there: another kind, or a directory made anew. */
  readonly replaced: boolean;
  /** What the host has there has changed since the run began. */
  readonly hostMoved: boolean;
  readonly base: BaseEntry | null;
}

/** struct csc_change of native/bridge/staged.h. */
const CHANGE_LEN = 160;
const KINDS = ["created", "changed", "deleted"] as const;
const HOST_MOVED = 1;
const REPLACED = 2;
const TYPES: Readonly<Record<number, EntryType>> = {
  0o100000: "file",
  0o040000: "directory",
  0o120000: "symlink",
  0o010000: "fifo",
  0o140000: "socket",
};

/** Every record, in the order of the walk. */
export function decodeChanges(bytes: Uint8Array<ArrayBuffer>): Change[] {
  const changes: Change[] = [];
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length;) {
    const u32 = (offset: number) => view.getUint32(at + offset, true);
    const i64 = (offset: number) => `${view.getBigInt64(at + offset, true)}`;
    const u64 = (offset: number) => `${view.getBigUint64(at + offset, true)}`;
    const hex = (offset: number) =>
      toHex(bytes.subarray(at + offset, at + offset + 32));
    const [pathLen, linkLen, xattrLen] = [u32(144), u32(148), u32(152)];
    let text = at + CHANGE_LEN;
    const take = (length: number) => bytes.slice(text, text += length);
    const mode = u32(8);
    const type = mode === 0 ? null : TYPES[mode & 0o170000] ?? "device";
    const path = take(pathLen);
    const target = take(linkLen);
    const xattrs = new TextDecoder().decode(take(xattrLen)).split("\0");
    const baseMode = u32(20);
    changes.push({
      change: KINDS[u32(0) - 1] ?? "changed",
      path,
      type,
      mode: mode & 0o7777,
      size: Number(u64(32)),
      mtimeNs: i64(40),
      sha256: type === "file" ? hex(80) : null,
      target: type === "symlink" ? target : null,
      xattrs: xattrs.slice(0, -1),
      replaced: (u32(4) & REPLACED) !== 0,
      hostMoved: (u32(4) & HOST_MOVED) !== 0,
      base: baseMode === 0 ? null : {
        mode: baseMode,
        uid: u32(24),
        gid: u32(28),
        ino: u64(48),
        size: u64(56),
        mtime_ns: i64(64),
        ctime_ns: i64(72),
        tree_sha256: hex(112),
      },
    });
    at = text;
  }
  return changes;
}

/** A path below a scope, absolute; bytes where it is no UTF-8. */
export function absolutePath(scope: string, path: Uint8Array): Uint8Array {
  const root = utf8(scope === "/" ? "/" : `${scope}/`);
  const all = new Uint8Array(root.length + path.length);
  all.set(root);
  all.set(path, root.length);
  return all;
}

/** Bytes of the system: as text, or as Base64 where they are not UTF-8. */
function named(bytes: Uint8Array): JsonValue {
  return fromUtf8Strict(bytes) ?? { base64: toBase64(bytes) };
}

/** One change as the evidence and `csc diff --json` tell it. */
export function changeJson(scope: string, change: Change): JsonObject {
  return {
    path: named(absolutePath(scope, change.path)),
    change: change.change,
    ...(change.type === null ? {} : {
      type: change.type,
      mode: change.mode,
      ...(change.type === "file" ? { size: change.size } : {}),
    }),
    ...(change.sha256 === null ? {} : { sha256: change.sha256 }),
    ...(change.target === null ? {} : { target: named(change.target) }),
    ...(change.xattrs.length === 0 ? {} : { xattrs: change.xattrs }),
    ...(change.replaced ? { replaced: true } : {}),
    ...(change.hostMoved ? { host_changed: true } : {}),
  };
}

/** All of a change, for the list that applying is held against. */
export function fullChangeJson(change: Change): JsonObject {
  const { path: _, target, base, ...rest } = change;
  return {
    ...rest as unknown as JsonObject,
    path: named(change.path),
    target: target === null ? null : named(target),
    base: base as unknown as JsonValue,
  };
}

/**
 * What PID 1 saw of its sandbox before the command could start, from the bytes
 * of struct csc_observation (native/wire/observation.h).
 *
 * @module
 */
import { fromUtf8Strict, toBase64 } from "../core/bytes.ts";
import type { JsonObject, JsonValue } from "../core/json.ts";
import { decodeStages, type Stage } from "./status.ts";

/** Size of the buffer for an observation, bytes. */
export const OBSERVATION_MAX = 65536;

const MAGIC = 0x31424f43;
const MOUNTS_CUT = 1;
const NAMESPACES = ["user", "mnt", "pid", "net", "ipc", "uts", "cgroup"];
const SETS = ["inheritable", "permitted", "effective", "bounding", "ambient"];
const STAGES_AT = 48;
const NAMESPACES_AT = 80;
const CAPABILITIES_AT = NAMESPACES_AT + 7 * 8;
const LIMITS_AT = CAPABILITIES_AT + 5 * 8;
const LIMIT_LEN = 16;
const FILES_AT = LIMITS_AT + 16 * LIMIT_LEN;
const FILE_LEN = 48;
const NAMES_AT = FILES_AT + 32 * FILE_LEN;
const NAME_LEN = 64;
const MAPS_AT = NAMES_AT + 2 * NAME_LEN;
const MAP_LEN = 128;
const HEADER_LEN = MAPS_AT + 2 * MAP_LEN;

/** A program as the sandbox shows it, right before it is started. */
export interface ObservedFile {
  /** Not 0: it cannot be seen there. */
  readonly errno: number;
  /** What changes whenever its content does; see `fileIdentity`. */
  readonly identity: string;
  /** Nanoseconds since the Unix epoch. */
  readonly ctimeNs: bigint;
  readonly device: string;
  readonly inode: string;
  readonly size: number;
}

/** What was seen. */
export interface Observation {
  /** As it stands in the evidence, but for what the bridge adds. */
  readonly seen: JsonObject;
  /** Applied by then, in order. */
  readonly stages: readonly Stage[];
  /** Values in force, by RLIMIT_* number. */
  readonly limits: ReadonlyMap<number, number>;
  /** The id outside that the command's processes have. */
  readonly uidOutside: number | null;
  /** One for each segment, then one for each pinned interpreter. */
  readonly files: readonly ObservedFile[];
}

/**
 * Reads an observation; null while none is there. May be asked while the
 * sandbox runs: the bridge writes the magic last.
 */
export function decodeObservation(
  bytes: Uint8Array<ArrayBuffer>,
): Observation | null {
  if (Atomics.load(new Int32Array(bytes.buffer, 0, 1), 0) !== MAGIC) {
    return null;
  }
  const view = new DataView(bytes.buffer);
  const u32 = (index: number) => view.getUint32(index * 4, true);
  const mounts = HEADER_LEN + u32(2);
  const limits = Array.from({ length: u32(9) }, (_, index) => {
    const at = LIMITS_AT + index * LIMIT_LEN;
    const value = Number(view.getBigUint64(at + 8, true));
    return [view.getUint32(at, true), value] as const;
  });
  const maps = [0, 1].map((index) => idMap(text(bytes, MAPS_AT, index)));
  const u64s = (names: readonly string[], at: number) =>
    names.map((name, index) =>
      [name, view.getBigUint64(at + index * 8, true)] as const
    );
  return {
    seen: {
      kernel: {
        release: text(bytes, NAMES_AT, 0),
        machine: text(bytes, NAMES_AT, 1),
      },
      namespaces: Object.fromEntries(
        u64s(NAMESPACES, NAMESPACES_AT)
          .map(([name, inode]) => [name, Number(inode)]),
      ),
      mounts: lines(bytes.subarray(mounts, mounts + u32(3))),
      mounts_complete: (u32(4) & MOUNTS_CUT) === 0,
      uid: u32(7),
      gid: u32(8),
      uid_map: maps[0] ?? [],
      gid_map: maps[1] ?? [],
      capabilities: Object.fromEntries(
        u64s(SETS, CAPABILITIES_AT).map((
          [name, mask],
        ) => [name, mask.toString(16).padStart(16, "0")]),
      ),
      no_new_privs: u32(6) === 1,
      seccomp_mode: u32(5),
    },
    stages: decodeStages(bytes, STAGES_AT, u32(11)),
    limits: new Map(limits),
    uidOutside: outside(maps[0] ?? [], u32(7)),
    files: Array.from(
      { length: u32(10) },
      (_, index) => decodeFile(view, FILES_AT + index * FILE_LEN),
    ),
  };
}

/**
 * What identifies a file and its content: device, inode, size, and the times
 * of the last change to content and to the inode.
 */
export function fileIdentity(view: DataView, at: number): string {
  const u64 = (index: number) => view.getBigUint64(at + index * 8, true);
  const i64 = (index: number) => view.getBigInt64(at + index * 8, true);
  return `${u64(0)} ${u64(1)} ${u64(2)} ${i64(3)} ${i64(4)}`;
}

/** struct csc_observed_file. */
export function decodeFile(view: DataView, at: number): ObservedFile {
  const device = view.getBigUint64(at, true);
  const minor = (device & 0xffn) | ((device >> 12n) & 0xfff00n);
  return {
    errno: view.getInt32(at + 44, true),
    identity: fileIdentity(view, at),
    ctimeNs: view.getBigInt64(at + 32, true),
    device: `${(device >> 8n) & 0xfffn}:${minor}`,
    inode: String(view.getBigUint64(at + 8, true)),
    size: Number(view.getBigUint64(at + 16, true)),
  };
}

/** The text in one of several fields of equal length, up to its NUL. */
function text(
  bytes: Uint8Array<ArrayBuffer>,
  start: number,
  index: number,
): string {
  const length = start === NAMES_AT ? NAME_LEN : MAP_LEN;
  const field = bytes.subarray(
    start + index * length,
    start + (index + 1) * length,
  );
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

/** Lines as text; one that is not UTF-8 as base64 of its bytes. */
function lines(bytes: Uint8Array<ArrayBuffer>): JsonValue[] {
  const all = fromUtf8Strict(bytes);
  if (all !== null) return all.split("\n").slice(0, -1);
  const found: JsonValue[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(0x0a, start);
    const line = bytes.subarray(start, end < 0 ? bytes.length : end);
    found.push(fromUtf8Strict(line) ?? { base64: toBase64(line) });
    start += line.length + 1;
  }
  return found;
}

/** One row of /proc/self/uid_map or gid_map. */
interface IdRange extends JsonObject {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

function idMap(map: string): IdRange[] {
  return [...map.matchAll(/(\d+) +(\d+) +(\d+)/g)].map((
    [, inside, outside, count],
  ) => ({
    inside: Number(inside),
    outside: Number(outside),
    count: Number(count),
  }));
}

function outside(map: readonly IdRange[], id: number): number | null {
  const range = map.find(({ inside, count }) =>
    id >= inside && id < inside + count
  );
  return range === undefined ? null : range.outside + id - range.inside;
}

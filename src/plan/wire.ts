/**
 * Plan → bytes for the launcher. The format is described and decoded in
 * native/wire/plan.h and plan.c; the numbers below mirror it.
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import type { Plan, TreeOp } from "./plan.ts";

const MAGIC = "CSCPLAN1";
const HEADER_LEN = 16;
const RECORD_LEN = 8;

const RECORD = {
  root: 1,
  dir: 2,
  symlink: 3,
  bind: 4,
  tmpfs: 5,
  proc: 6,
  mask: 8,
  limit: 9,
  hostname: 10,
  cwd: 11,
  env: 12,
  segment: 13,
  arg: 14,
  file: 15,
  settings: 16,
  bindOwned: 17,
  runAs: 18,
  landlock: 19,
  landlockRule: 20,
  pin: 24,
  hold: 25,
  allow: 26,
  overlay: 30,
} as const;

const PLAN_LOCAL_SOCKETS = 1;
const PLAN_STRICT_EXEC = 16;

/** enum csc_identity. */
const IDENTITY_CALLER = 1;
const IDENTITY_SWITCHED = 2;

/** How much later than csc PID 1 ends the sandbox, should csc be stopped. */
const LAST_ALARM_SEC = 2;

const BIND_RDONLY = 1;
const BIND_NOEXEC = 2;
const BIND_DEVICES = 4;
const BIND_DIR = 8;

const PIN_DESCRIPTOR = 1;
const PIN_EXEC = 2;
const PIN_INTERPRETER = 4;

type Field =
  | { readonly u32: number }
  | { readonly u64: number | bigint }
  | string;

/** A growing buffer of records. */
class Records {
  #bytes = new Uint8Array(16 * 1024);
  #view = new DataView(this.#bytes.buffer);
  #length = HEADER_LEN;
  #count = 0;
  readonly #encoder = new TextEncoder();

  /** Appends one record: integers first, then NUL-terminated strings. */
  add(type: number, ...fields: readonly Field[]): void {
    const start = this.#length;
    this.#length += RECORD_LEN;
    for (const field of fields) {
      if (typeof field === "string") this.#text(field);
      else if ("u32" in field) this.#u32(field.u32);
      else this.#u64(field.u64);
    }
    this.#reserve(0);
    this.#view.setUint32(start, type, true);
    this.#view.setUint32(start + 4, this.#length - start - RECORD_LEN, true);
    this.#count++;
  }

  finish(): Uint8Array<ArrayBuffer> {
    this.#reserve(0);
    this.#encoder.encodeInto(MAGIC, this.#bytes);
    this.#view.setUint32(8, this.#length, true);
    this.#view.setUint32(12, this.#count, true);
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }

  #u32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  #u64(value: number | bigint): void {
    this.#reserve(8);
    this.#view.setBigUint64(this.#length, BigInt(value), true);
    this.#length += 8;
  }

  #text(value: string): void {
    if (value.includes("\0")) {
      throw new CscError("INTERNAL", `encode ${quote(value)}: it holds a NUL`);
    }
    // A UTF-16 unit becomes three bytes at the most.
    this.#reserve(value.length * 3 + 1);
    const { written } = this.#encoder.encodeInto(
      value,
      this.#bytes.subarray(this.#length),
    );
    this.#length += written;
    this.#bytes[this.#length++] = 0;
  }
}

/** The Plan as the launcher reads it. */
export function encodePlan(plan: Plan): Uint8Array<ArrayBuffer> {
  const records = new Records();
  records.add(RECORD.root, { u64: plan.root.bytes }, { u64: plan.root.inodes });
  records.add(
    RECORD.settings,
    {
      u32: (plan.localSockets ? PLAN_LOCAL_SOCKETS : 0) |
        (plan.allowed === null ? 0 : PLAN_STRICT_EXEC),
    },
    { u32: plan.timeoutSec + LAST_ALARM_SEC },
  );
  const { uid, gid, switched } = plan.runAs;
  records.add(
    RECORD.runAs,
    { u32: uid },
    { u32: gid },
    { u32: switched ? IDENTITY_SWITCHED : IDENTITY_CALLER },
  );
  for (const op of plan.tree) addTreeOp(records, op);
  const { handled, scoped, flags, rules } = plan.landlock;
  records.add(
    RECORD.landlock,
    { u64: handled },
    { u64: scoped },
    { u32: flags },
    { u32: 0 },
  );
  for (const { path, rights } of rules) {
    records.add(RECORD.landlockRule, { u64: rights }, path);
  }
  for (const { path, device, inode } of plan.allowed ?? []) {
    records.add(RECORD.allow, { u64: device }, { u64: inode }, path);
  }
  for (const { resource, value } of plan.limits) {
    records.add(RECORD.limit, { u32: resource }, { u32: 0 }, { u64: value });
  }
  records.add(RECORD.hostname, plan.hostname);
  records.add(RECORD.cwd, plan.cwd);
  for (const entry of plan.env) records.add(RECORD.env, entry);
  for (const { file, argv } of plan.segments) {
    records.add(RECORD.segment, file);
    for (const argument of argv) records.add(RECORD.arg, argument);
  }
  return records.finish();
}

function addTreeOp(records: Records, op: TreeOp): void {
  switch (op.op) {
    case "dir":
      return records.add(RECORD.dir, { u32: op.mode }, op.path);
    case "file":
      return records.add(RECORD.file, { u32: op.mode }, op.path, op.text);
    case "symlink":
      return records.add(RECORD.symlink, op.path, op.target);
    case "bind": {
      const flags = (op.readOnly ? BIND_RDONLY : 0) |
        (op.noExec ? BIND_NOEXEC : 0) | (op.devices ? BIND_DEVICES : 0) |
        (op.directory ? BIND_DIR : 0);
      if (op.owner === null) {
        return records.add(RECORD.bind, { u32: flags }, op.source, op.path);
      }
      return records.add(
        RECORD.bindOwned,
        { u32: flags },
        { u32: op.owner.uid },
        { u32: op.owner.gid },
        op.source,
        op.path,
      );
    }
    case "overlay":
      return records.add(
        RECORD.overlay,
        { u32: BIND_DIR | (op.noExec ? BIND_NOEXEC : 0) },
        { u32: op.owner.uid },
        { u32: op.owner.gid },
        { u32: op.work },
        op.source,
        op.path,
        op.layers,
      );
    case "tmpfs":
      return records.add(
        RECORD.tmpfs,
        { u32: op.mode },
        { u32: op.noExec ? BIND_NOEXEC : 0 },
        { u64: op.bytes },
        { u64: op.inodes },
        op.path,
      );
    case "proc":
      return records.add(RECORD.proc, op.path);
    case "mask":
      return records.add(RECORD.mask, op.path);
    case "hold":
      return records.add(
        RECORD.hold,
        {
          u32: (op.readOnly ? BIND_RDONLY : 0) | (op.directory ? BIND_DIR : 0),
        },
        op.path,
      );
    case "pin":
      return records.add(
        RECORD.pin,
        {
          u32: (op.byDescriptor ? PIN_DESCRIPTOR : 0) |
            (op.lifted ? PIN_EXEC : 0) |
            (op.interpreter ? PIN_INTERPRETER : 0),
        },
        { u32: op.segments.reduce((mask, index) => mask | 1 << index, 0) },
        { u64: op.device },
        { u64: op.inode },
        op.path,
      );
  }
}

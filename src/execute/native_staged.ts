/**
 * The bridge's operations on staged scopes (native/bridge/staged.h), each on a
 * thread of its own; loaded by staged runs and the verbs for them.
 *
 * Paths are bytes: a command may make names that are no UTF-8.
 *
 * @module
 */
import { utf8 } from "../core/bytes.ts";
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import { errnoText } from "./errno.ts";
import { type Bytes, closeDescriptor, openBridge } from "./native.ts";

const SYMBOLS = {
  csc_staged: {
    parameters: ["u32", "buffer", "u64", "buffer", "u64"],
    result: "i32",
    nonblocking: true,
  },
} as const;

/** enum csc_staged_op. */
const OP = {
  walk: 1,
  copy: 2,
  place: 3,
  remove: 4,
  adjust: 5,
  clean: 6,
  measure: 7,
  sync: 8,
  wait: 9,
} as const;

/** A path, or a part of one. */
export type Name = string | Uint8Array;

let bridge: Deno.DynamicLibrary<typeof SYMBOLS> | undefined;

interface Answer {
  /** A descriptor or 0; negative: an error number. */
  readonly done: number;
  readonly told: readonly [bigint, bigint];
}

async function ask(op: number, names: readonly Name[]): Promise<Answer> {
  bridge ??= openBridge(SYMBOLS);
  const input = joined(names);
  const out = new Uint8Array(16);
  const done = await bridge.symbols.csc_staged(
    op,
    input,
    BigInt(input.length),
    out,
    BigInt(out.length),
  );
  // FFI holds addresses only: used here, both live until now.
  if (input.length === 0) throw new Error("ask the bridge: no arguments");
  const view = new DataView(out.buffer);
  return {
    done,
    told: [view.getBigUint64(0, true), view.getBigUint64(8, true)],
  };
}

/** Each name with its NUL. */
function joined(names: readonly Name[]): Bytes {
  const parts = names.map((name) =>
    typeof name === "string" ? utf8(name) : name
  );
  const all = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length + 1, 0),
  );
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length + 1;
  }
  return all;
}

async function attempt(
  what: string,
  op: number,
  names: readonly Name[],
): Promise<Answer> {
  const answer = await ask(op, names);
  if (answer.done < 0) throw failed(what, names, -answer.done);
  return answer;
}

function failed(what: string, names: readonly Name[], errno: number): CscError {
  const [root = "", ...rest] = names.map((name) =>
    typeof name === "string" ? name : new TextDecoder().decode(name)
  );
  const inner = rest.find((name) => name !== "") ?? "";
  return new CscError(
    "STATE_UNAVAILABLE",
    `${what} ${quote(`${root}${inner === "" ? "" : ` (${inner})`}`, 200)}: ${
      errnoText(errno)
    }`,
    {
      hint:
        "Check rights and space there; nothing may replace directories by links, and trees may be 200 directories deep.",
    },
  );
}

/** The records of what the upper layer changes of the lower one. */
export async function walkUpper(
  upper: string,
  lower: string,
  sinceNs: bigint,
): Promise<Uint8Array<ArrayBuffer>> {
  const names = [upper, lower, `${sinceNs}`];
  const { done: fd } = await attempt("list what was staged in", OP.walk, names);
  try {
    return Deno.readFileSync(`/proc/self/fd/${fd}`);
  } finally {
    closeDescriptor(fd);
  }
}

/** Copies a file or a whole tree; the copy's inode. Durable after `syncTree`. */
export async function copyTree(
  root: string,
  path: Name,
  target: string,
  directory: Name,
  name: Name,
): Promise<bigint> {
  const names = [root, path, target, directory, name];
  return (await attempt("copy from", OP.copy, names)).told[0];
}

/** Puts a prepared tree in its place in one step; may be repeated. */
export async function placeTree(
  root: string,
  directory: Name,
  name: Name,
  temporary: Name,
  ino: bigint,
): Promise<void> {
  const names = [root, directory, name, temporary, `${ino}`];
  await attempt("replace in", OP.place, names);
}

/** Takes a tree away in one step; may be repeated. */
export async function removeTree(
  root: string,
  directory: Name,
  name: Name,
  temporary: Name,
): Promise<void> {
  await attempt("delete in", OP.remove, [root, directory, name, temporary]);
}

/** Gives a directory the mode, owner and attributes of its staged copy. */
export async function adjustDirectory(
  root: string,
  path: Name,
  upper: string,
): Promise<void> {
  await attempt("change the directory in", OP.adjust, [root, path, upper]);
}

/** Removes what may be there under a name, and all below it. */
export async function cleanTree(
  root: string,
  directory: Name,
  name: Name,
): Promise<void> {
  await attempt("remove in", OP.clean, [root, directory, name]);
}

/** True once a gate opens, false if it does not in time. A timer of Deno's costs 25 ms. */
export async function waitForGate(gate: number, ms: number): Promise<boolean> {
  const { done } = await attempt("wait for", OP.wait, [`${gate}`, `${ms}`]);
  return done === 1;
}

/** Makes all that was written to the file system of a directory durable. */
export async function syncTree(root: string): Promise<void> {
  await attempt("sync", OP.sync, [root]);
}

/** Bytes on disk below a directory, and when it was last changed itself. */
export async function measureTree(
  root: string,
): Promise<{ readonly bytes: number; readonly changedNs: bigint }> {
  const { told } = await attempt("measure", OP.measure, [root]);
  return { bytes: Number(told[0]), changedNs: told[1] };
}

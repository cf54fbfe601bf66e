/**
 * Reads the files that a verb names.
 *
 * @module
 */
import { tooLarge } from "../core/json_errors.ts";
import { MAX_CONTRACT_BYTES, MAX_POLICY_BYTES } from "../protocol/limits.ts";
import type { Arguments } from "./arguments.ts";
import {
  keyOfUser,
  keyOpen,
  keyWithNames,
  reason,
  unreadable,
} from "./input_errors.ts";

/** One file to read. */
export interface InputFile {
  /** A path, or "-" for standard input. */
  readonly path: string;
  /** What it should be, for messages: "contract". */
  readonly what: string;
  readonly maxBytes: number;
}

/** Bytes and the name they have in messages. */
export interface Input {
  readonly bytes: Uint8Array;
  readonly source: string;
}

/** Largest key file that is read, bytes; PEM is a few hundred. */
const MAX_KEY_BYTES = 64 * 1024;

const GROUP_OR_OTHERS = 0o077;

/** What standard input is called; Deno does not open the latter for everybody. */
const STANDARD_INPUT = new Set(["-", "/dev/stdin", "/dev/fd/0"]);

/**
 * Reads a whole file, or standard input, up to the limit.
 *
 * @throws CscError INPUT_UNREADABLE.
 */
export function readInput(input: InputFile): Input {
  if (STANDARD_INPUT.has(input.path)) {
    const source = "standard input";
    return { bytes: readStream(Deno.stdin, { ...input, source }), source };
  }
  const file = open(input.path, input.what);
  try {
    const { isDirectory } = file.statSync();
    if (isDirectory) {
      throw unreadable(input.what, input.path, "it is a directory");
    }
    const options = { ...input, source: input.path };
    return { bytes: readStream(file, options), source: input.path };
  } finally {
    file.close();
  }
}

/** Reads the contract and the policy that two operands name. */
export function readSubject(
  { operands }: Arguments,
): { contract: Input; policy: Input } {
  const [contract = "", policy = ""] = operands;
  return {
    contract: readInput({
      path: contract,
      what: "contract",
      maxBytes: MAX_CONTRACT_BYTES,
    }),
    policy: readInput({
      path: policy,
      what: "policy",
      maxBytes: MAX_POLICY_BYTES,
    }),
  };
}

/**
 * Reads a private key, if nobody else can.
 *
 * @param uid The caller's numeric user id.
 * @throws CscError KEY_INVALID or INPUT_UNREADABLE.
 */
export function readPrivateKey(path: string, uid: number): Input {
  const what = "private key";
  // Before it is opened: opening a pipe waits for somebody to write to it.
  if (!isOrdinary(path, what)) {
    throw unreadable(what, path, "it is not a regular file");
  }
  const file = open(path, what);
  try {
    const info = file.statSync();
    if (!info.isFile) throw unreadable(what, path, "it is not a regular file");
    if (((info.mode ?? 0) & GROUP_OR_OTHERS) !== 0) throw keyOpen(path);
    if (info.uid !== uid && info.uid !== 0) throw keyOfUser(path, info.uid);
    const names = info.nlink ?? 1;
    if (names > 1) throw keyWithNames(path, names);
    const options = { source: path, what, maxBytes: MAX_KEY_BYTES };
    return { bytes: readStream(file, options), source: path };
  } finally {
    file.close();
  }
}

/** Reads a public key; everybody may see it. */
export function readPublicKey(path: string): Input {
  return readInput({ path, what: "public key", maxBytes: MAX_KEY_BYTES });
}

function isOrdinary(path: string, what: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    throw unreadable(what, path, reason(error), error);
  }
}

function open(path: string, what: string): Deno.FsFile {
  try {
    return Deno.openSync(path);
  } catch (error) {
    throw unreadable(what, path, reason(error), error);
  }
}

function readStream(
  stream: { readSync(into: Uint8Array): number | null },
  options: { source: string; what: string; maxBytes: number },
): Uint8Array {
  let buffer = new Uint8Array(Math.min(options.maxBytes + 1, 16 * 1024));
  let length = 0;
  while (true) {
    if (length === buffer.length) {
      if (length > options.maxBytes) throw tooLarge(length, options);
      const larger = new Uint8Array(
        Math.min(options.maxBytes + 1, buffer.length * 4),
      );
      larger.set(buffer);
      buffer = larger;
    }
    const count = attemptRead(stream, buffer.subarray(length), options);
    if (count === null) return buffer.subarray(0, length);
    length += count;
  }
}

function attemptRead(
  stream: { readSync(into: Uint8Array): number | null },
  into: Uint8Array,
  options: { source: string; what: string },
): number | null {
  try {
    return stream.readSync(into);
  } catch (error) {
    throw unreadable(options.what, options.source, reason(error), error);
  }
}

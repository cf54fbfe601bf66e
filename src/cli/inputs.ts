/**
 * Reads the files that a verb names.
 *
 * @module
 */
import { causeText, CscError } from "../core/errors.ts";
import { tooLarge } from "../core/json.ts";
import { quote } from "../core/text.ts";
import { MAX_CONTRACT_BYTES, MAX_POLICY_BYTES } from "../protocol/limits.ts";
import type { Arguments } from "./arguments.ts";

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
    if (((info.mode ?? 0) & GROUP_OR_OTHERS) !== 0) {
      throw new CscError(
        "KEY_INVALID",
        `use private key ${quote(path)}: others than its owner may open it`,
        {
          hint: 'Run "chmod 600" on it; if others had access, make a new key.',
        },
      );
    }
    if (info.uid !== uid && info.uid !== 0) {
      throw new CscError(
        "KEY_INVALID",
        `use private key ${quote(path)}: it belongs to user ${info.uid}`,
        { hint: "It must belong to root or to the user who runs csc." },
      );
    }
    const names = info.nlink ?? 1;
    if (names > 1) {
      throw new CscError(
        "KEY_INVALID",
        `use private key ${quote(path)}: it has ${names} hard links, ` +
          "so it lies in other places, too, which csc does not know",
        {
          hint:
            'Find them with "find / -samefile FILE" and remove all but one.',
        },
      );
    }
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

/** The cause without the path, which stands in the message already. */
function reason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "it does not exist";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.NotCapable) {
    return 'files of /dev, /proc and /sys are not read; use "-" for standard input';
  }
  return causeText(error);
}

function unreadable(
  what: string,
  path: string,
  why: string,
  cause?: unknown,
): CscError {
  const hint = cause instanceof Deno.errors.NotFound
    ? path.startsWith("/")
      ? "Correct the path."
      : "Correct the path; it is seen from the current directory."
    : cause instanceof Deno.errors.PermissionDenied
    ? "The user who runs csc must be able to read it."
    : `Name a file that holds the ${what}.`;
  return new CscError(
    "INPUT_UNREADABLE",
    `read ${what} ${quote(path)}: ${why}`,
    { hint, cause },
  );
}

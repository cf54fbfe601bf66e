/**
 * Errors before anything was judged, with what a person needs to know beside:
 * are the two operands swapped, and does a receipt of an earlier run lie where
 * one of this run is expected?
 *
 * Loaded only when something went wrong.
 *
 * @module
 */
import { CscError, isCscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";

/** The command line that failed. */
export interface FailedCall {
  readonly verb: string;
  /** CONTRACT and POLICY; empty where no operands name them. */
  readonly operands: readonly string[];
  /** Where a receipt was to be written; null if nowhere that outlives a run. */
  readonly receipt: string | null;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
}

/** Enough of a document to tell what it is, bytes. */
const HEAD_BYTES = 64 * 1024;

/** Codes that a document of the wrong kind ends with. */
const MISREAD = new Set([
  "INPUT_MALFORMED",
  "CONTRACT_INVALID",
  "POLICY_INVALID",
  "VERSION_UNKNOWN",
]);

/** The error to show in place of `error`. */
export function earlyError(error: unknown, call: FailedCall): unknown {
  if (!isCscError(error)) return error;
  const better = MISREAD.has(error.code) ? misread(error, call) : error;
  return withReceiptNote(better, call);
}

type Kind = "contract" | "policy";

/** What two documents are, where they are not what they should be. */
function misread(error: CscError, { verb, operands }: FailedCall): CscError {
  const [contract = "-", policy = "-"] = operands;
  const first = kindOf(contract);
  const second = kindOf(policy);
  if (first === "policy" && second === "contract") {
    return new CscError(
      "USAGE",
      `read the command line: ${quote(contract)} is a policy and ` +
        `${quote(policy)} a contract: they are swapped`,
      { hint: `The order is: csc ${verb} CONTRACT POLICY.` },
    );
  }
  if (first === "policy") return wrongKind(error, contract, "policy", verb);
  if (second === "contract") return wrongKind(error, policy, "contract", verb);
  return error;
}

/** What is missing in a document of another kind helps nobody. */
function wrongKind(
  { code, cause }: CscError,
  path: string,
  is: Kind,
  verb: string,
): CscError {
  const expected = is === "policy" ? "contract" : "policy";
  return new CscError(
    code,
    `read ${expected} ${quote(path)}: it looks like a ${is}`,
    { hint: `The order is: csc ${verb} CONTRACT POLICY.`, cause },
  );
}

/** What a file seems to be, by the member that names its version. */
function kindOf(path: string): Kind | null {
  const head = headOf(path);
  if (/(?:^|[{,\s])["']?policy_schema_version["']?\s*:/.test(head)) {
    return "policy";
  }
  return /"version"\s*:\s*"csc\.v/.test(head) ? "contract" : null;
}

/** The beginning of a regular file; "" for everything else. */
function headOf(path: string): string {
  try {
    // Opening a pipe would wait, and its bytes are gone anyway.
    if (!Deno.statSync(path).isFile) return "";
    using file = Deno.openSync(path);
    const bytes = new Uint8Array(HEAD_BYTES);
    const length = file.readSync(bytes) ?? 0;
    return new TextDecoder().decode(bytes.subarray(0, length));
  } catch {
    return "";
  }
}

/**
 * A receipt is evidence, so an earlier one is never removed because a later
 * call failed; but nobody should take it for the receipt of this one.
 */
function withReceiptNote(error: CscError, call: FailedCall): CscError {
  const { receipt, startedAt } = call;
  if (receipt === null) return error;
  const written = writtenAt(receipt);
  if (written === null || written >= startedAt) return error;
  // Something else lies there, as the error may well say itself.
  if (!/"receipt_version"\s*:/.test(headOf(receipt))) return error;
  return withHint(
    error,
    `The receipt in ${quote(receipt, 400)} is of an earlier run.`,
  );
}

function writtenAt(path: string): number | null {
  try {
    const { isFile, mtime } = Deno.lstatSync(path);
    return isFile ? mtime?.getTime() ?? null : null;
  } catch {
    return null;
  }
}

function withHint(error: CscError, more: string): CscError {
  const { code, message, hint, details, cause } = error;
  return new CscError(code, message, {
    hint: hint === undefined ? more : `${hint} ${more}`,
    details,
    cause,
  });
}

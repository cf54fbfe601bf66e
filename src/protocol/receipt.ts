/**
 * The execution receipt: what was run, and how it ended (protocol §2, §6).
 *
 * A receipt is kept as the JSON that was read, nulls included: the signature
 * covers what stands there, not what csc would have written.
 *
 * @module
 */
import { canonicalText } from "../core/canonical.ts";
import type { ErrorDetail } from "../core/errors.ts";
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJson,
} from "../core/json.ts";
import { refuseFindings, requireVersion } from "./document.ts";
import { MAX_RECEIPT_BYTES } from "./limits.ts";
import { findingsOf } from "./findings.ts";
import { validate } from "./validators/receipt.js";

/** The only receipt version there is; it stays readable for ever. */
export const RECEIPT_VERSION = "csc.receipt.v0.1";

/** How a run ended. */
export type ReceiptStatus = "success" | "failed" | "blocked" | "expired";

/** A receipt without its signature. Hashes of output are `sha256:` + 64 hex. */
export interface Receipt {
  readonly receipt_version: typeof RECEIPT_VERSION;
  readonly contract_id: string;
  readonly execution_id: string;
  readonly contract_sha256: string;
  readonly status: ReceiptStatus;
  /** RFC 3339. */
  readonly started_at: string;
  /** RFC 3339. */
  readonly ended_at: string;
  readonly policy_profile: string;
  /** With the two hashes: required when the status is success or failed. */
  readonly exit_code?: number;
  readonly stdout_hash?: string;
  readonly stderr_hash?: string;
  /** True when the hash covers only the captured prefix. */
  readonly stdout_truncated?: boolean;
  readonly stderr_truncated?: boolean;
  readonly artifacts?: readonly {
    readonly path: string;
    readonly sha256: string;
  }[];
  readonly policy_schema_version?: string;
  readonly policy_sha256?: string;
  readonly runner_version?: string;
  readonly execution_mode?: "local" | "hardened";
  readonly sandbox_profile_id?: string;
  readonly signing_key_id?: string;
  readonly effect_summary?: {
    readonly files_written: number;
    readonly network_used: boolean;
    readonly secrets_used: number;
  };
  readonly completed_command_ids?: readonly string[];
  readonly failed_command_id?: string | null;
  readonly error?: string;
}

/** Who vouches for a receipt; all but `signature` itself is signed as well. */
export interface ReceiptSignature {
  readonly algorithm: "ed25519";
  readonly key_id: string;
  /** RFC 3339. */
  readonly signed_at: string;
  /** Strict base64 of 64 bytes. */
  readonly signature: string;
}

/** A receipt with its signature. */
export interface SignedReceipt extends Receipt {
  readonly signature: ReceiptSignature;
}

/**
 * Reads a receipt for verification: the receipt's own members are checked, its
 * signature is only carried along (see `checkReceipt`). Deeply frozen.
 *
 * Throws INPUT_UNREADABLE above 16 MiB, INPUT_MALFORMED for what is not strict
 * JSON with plain integers, VERSION_UNKNOWN, and RECEIPT_INVALID with up to 20
 * findings.
 */
export function parseReceipt(bytes: Uint8Array, source: string): JsonObject {
  const document = { what: "receipt", source };
  const value = parseJson(bytes, {
    ...document,
    maxBytes: MAX_RECEIPT_BYTES,
    numbers: "plain-integer",
  });
  requireVersion(value, "receipt_version", RECEIPT_VERSION, document);
  refuseFindings("RECEIPT_INVALID", checkReceipt(value), document);
  // Anything but an object has just been refused.
  return value as JsonObject;
}

/**
 * Findings about a receipt, its `signature` left out: what is wrong with a
 * signature has errors of its own, told apart by the verifier (protocol §6).
 */
export function checkReceipt(value: JsonValue): ErrorDetail[] {
  if (!isJsonObject(value)) return findingsOf(validate, value);
  const { signature: _, ...plain } = value;
  return findingsOf(validate, plain);
}

/**
 * The text of a receipt file: indented, ending in a newline. Throws
 * NOT_CANONICAL for a receipt that could not be read back as what was signed.
 */
export function receiptText(receipt: Receipt | SignedReceipt): string {
  canonicalText(receipt as unknown as JsonObject, { keepNulls: true });
  return `${JSON.stringify(receipt, null, 2)}\n`;
}

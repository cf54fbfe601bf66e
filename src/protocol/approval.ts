/**
 * The approval artifact: a person's yes to one contract (protocol §2, §6).
 *
 * @module
 */
import { parseJson } from "../core/json.ts";
import { refuseFindings, requireVersion } from "./document.ts";
import { MAX_APPROVAL_BYTES } from "./limits.ts";
import { findingsOf } from "./findings.ts";
import { validate } from "./validators/approval.js";

/** The only approval version there is. */
export const APPROVAL_VERSION = "csc.approval.v0.1";

/** A valid approval, deeply frozen. Whether it covers a run is judged elsewhere. */
export interface Approval {
  readonly approval_version: typeof APPROVAL_VERSION;
  readonly approval_id: string;
  /** 64 hexadecimal digits of either case; compare lower-cased. */
  readonly contract_sha256: string;
  readonly approver: {
    readonly identity: string;
    readonly method: "manual" | "cli" | "api" | "ticket";
  };
  /** RFC 3339. */
  readonly approved_at: string;
  /** RFC 3339. */
  readonly expires_at: string;
  readonly scope: "single_execution" | "time_window";
  readonly ticket_id?: string;
  readonly reason?: string;
}

/**
 * Reads an approval from the bytes of a file.
 *
 * Throws INPUT_UNREADABLE above 64 KiB, INPUT_MALFORMED for what is not strict
 * JSON, VERSION_UNKNOWN, and APPROVAL_INVALID with up to 20 findings.
 */
export function parseApproval(bytes: Uint8Array, source: string): Approval {
  const document = { what: "approval", source };
  const value = parseJson(bytes, {
    ...document,
    maxBytes: MAX_APPROVAL_BYTES,
    numbers: "plain-integer",
  });
  requireVersion(value, "approval_version", APPROVAL_VERSION, document);
  const findings = findingsOf(validate, value);
  refuseFindings("APPROVAL_INVALID", findings, document);
  // The schema has just proved the shape that the type states.
  return value as unknown as Approval;
}

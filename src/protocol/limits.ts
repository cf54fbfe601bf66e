/**
 * Limits of the protocol that are not in its schemas (protocol §3), and the
 * sizes of the other documents csc reads.
 *
 * @module
 */

const KIB = 1024;
const MIB = 1024 * KIB;

/** Checked before parsing, in bytes. */
export const MAX_CONTRACT_BYTES = 1 * MIB;
export const MAX_POLICY_BYTES = 512 * KIB;
/** Ours: the protocol sets none for approvals and receipts. */
export const MAX_APPROVAL_BYTES = 64 * KIB;
export const MAX_RECEIPT_BYTES = 16 * MIB;

export const MAX_PIPELINE_SEGMENTS = 10;
export const MAX_ARGV_ELEMENTS = 200;
/** UTF-8 bytes of one argv element. */
export const MAX_ARGV_ELEMENT_BYTES = 128 * KIB;

/** Characters of a receipt's `error`, the mark of truncation included. */
export const MAX_RECEIPT_ERROR_CHARACTERS = 4000;
/** Ends a receipt's `error` that was cut. */
export const TRUNCATION_MARK = "... [truncated]";

/** Captured per command, in bytes. */
export const MAX_STDOUT_BYTES = 10 * MIB;
export const MAX_STDERR_BYTES = 1 * MIB;

/** Findings reported about one document, at most. */
export const MAX_FINDINGS = 20;

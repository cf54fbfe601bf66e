/**
 * The seam of replay protection: an approval for a single execution is used at
 * most once, whatever else runs at the same time and whoever is killed when.
 *
 * @module
 */
import type { Approval } from "../protocol/approval.ts";

/** One use of an approval. */
export interface Consumption {
  readonly approval: Approval;
  /** The contract it is used for, lower-case hex. */
  readonly contractSha256: string;
  /** The run that uses it. */
  readonly executionId: string;
  /** When, RFC 3339. */
  readonly at: string;
}

/** Remembers which approvals were used. */
export interface ApprovalStore {
  /**
   * Opens the store, which the first use does as well. Throws
   * STATE_UNAVAILABLE when there is none.
   */
  open(): void;
  /**
   * Records the use. Durable when it returns true; false when the approval was
   * used before, by this or any other process. Throws STATE_UNAVAILABLE when
   * that cannot be known.
   */
  consume(use: Consumption): Promise<boolean>;
}

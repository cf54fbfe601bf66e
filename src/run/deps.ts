/**
 * Everything a run needs from outside, in one place: tests pass their own,
 * `compose.ts` the real ones.
 *
 * @module
 */
import type { ApprovalStore } from "../approvals/store.ts";
import type { Clock, Random } from "../core/ambient.ts";
import type { Executor, OutputRoute } from "../execute/executor.ts";
import type { RunRecords } from "../log/run_records.ts";
import type { Seal } from "../plan/seal.ts";
import type { ParsedPolicy } from "../protocol/policy.ts";
import type { RunnerFacts } from "../receipt/evidence.ts";
import type { ReceiptOutput } from "../receipt/output.ts";
import type { Signer } from "../sign/signer.ts";

/** The bytes of an input file and its name for messages. */
export interface InputDocument {
  readonly bytes: Uint8Array;
  readonly source: string;
}

/** What the caller wants run. */
export interface RunRequest {
  readonly contract: InputDocument;
  readonly policy: InputDocument;
  /** Reads the approval; null when none was given. Called after the decision. */
  readonly approval: (() => InputDocument) | null;
  /** Where the commands' output goes while they run. */
  readonly route: OutputRoute;
}

/** The seams of a run. */
export interface RunDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly executor: Executor;
  /** Signs the receipt; null for an unsigned one (local mode only). */
  readonly signer: Signer | null;
  readonly approvals: ApprovalStore;
  readonly runner: RunnerFacts;
  /** Throws POLICY_REFUSED for a policy that the configuration does not accept. */
  acceptPolicy(policy: ParsedPolicy): void;
  /**
   * Opens the place of receipt and evidence, which the id may name; throws
   * STATE_UNAVAILABLE.
   */
  openOutput(executionId: string): ReceiptOutput;
  /** Opens the records of runs; throws STATE_UNAVAILABLE. */
  openRecords(): RunRecords;
  /**
   * What no command may reach or redirect: receipt, evidence, state directory,
   * signing key. Asked when all of it that this run needs has been opened.
   */
  seals(): readonly Seal[];
}

/**
 * The last three steps of every run, whatever came of it: receipt, sign, log.
 *
 * @module
 */
import { causeText } from "../core/errors.ts";
import { mark } from "../core/mark.ts";
import type { JsonObject } from "../core/json.ts";
import { quote } from "../core/text.ts";
import type { Contract } from "../protocol/contract.ts";
import { formatRfc3339 } from "../protocol/rfc3339.ts";
import {
  type Receipt,
  receiptText,
  type SignedReceipt,
} from "../protocol/receipt.ts";
import { buildReceipt, type Ending } from "../receipt/build.ts";
import {
  buildEvidence,
  type CommandEvidence,
  type Evidence,
  NO_PROFILE,
} from "../receipt/evidence.ts";
import { formatBinding } from "../receipt/evidence_binding.ts";
import type { ReceiptOutput } from "../receipt/output.ts";
import { signReceipt } from "../sign/envelope.ts";
import { type Account, judgedRun, type RunEnding } from "./account.ts";
import type { RunDeps } from "./deps.ts";

/** A run that is over and accounted for. */
export interface RunOutcome {
  readonly ending: RunEnding;
  readonly contract: Contract;
  readonly receipt: Receipt | SignedReceipt;
  /** The receipt file's text. */
  readonly receiptText: string;
  /** The evidence document's text, without a final newline. */
  readonly evidenceText: string;
  readonly receiptPath: string;
  /** Commands that ran, in order. */
  readonly ran: readonly CommandEvidence[];
  /** How many changes wait to be applied; null: the run was not staged. */
  readonly staged: number | null;
  /** Things that went wrong and changed nothing about the ending. */
  readonly warnings: readonly string[];
}

/**
 * Builds, signs and writes what accounts for the run; receipt and evidence are
 * durable when it returns.
 *
 * @throws CscError STATE_UNAVAILABLE when they are not.
 */
export async function conclude(
  account: Account,
  ending: RunEnding,
  deps: RunDeps,
  output: ReceiptOutput,
): Promise<RunOutcome> {
  const endedAt = Math.max(account.startedAt, deps.clock.now());
  const warnings = account.ran.flatMap(({ id, result }) =>
    result.notes.map((note) => `command ${quote(id)}: ${note}`)
  );
  warnings.push(...account.effects?.notes ?? []);
  openRecordsLate(account, ending, deps, warnings);
  const evidence = await evidenceOf(account, deps, endedAt);
  mark("evidence");
  const unsigned = receiptOf(account, ending, deps, evidence, endedAt);
  const receipt = deps.signer === null
    ? unsigned
    : await signReceipt(unsigned, deps.signer, formatRfc3339(endedAt));
  mark("signed");
  const text = receiptText(receipt);
  writeAll(account, output, `${evidence.text}\n`, text);
  mark("written");
  return {
    ending,
    contract: account.contract,
    receipt,
    receiptText: text,
    evidenceText: evidence.text,
    receiptPath: output.path,
    ran: account.ran,
    staged: account.effects?.staged ?? null,
    warnings,
  };
}

/** A denied run is recorded too, but a missing record cannot deny it twice. */
function openRecordsLate(
  account: Account,
  ending: RunEnding,
  deps: RunDeps,
  warnings: string[],
): void {
  if (account.records !== null) return;
  try {
    account.records = deps.openRecords();
  } catch (error) {
    // A run that was stopped for this very reason says so already.
    const cause = causeText(error);
    if (cause !== ending.error) {
      warnings.push(`this run is not recorded: ${cause}`);
    }
  }
}

function evidenceOf(
  account: Account,
  deps: RunDeps,
  endedAt: number,
): Promise<Evidence> {
  return buildEvidence({
    executionId: account.executionId,
    contractSha256: account.contractSha256,
    policySha256: account.policy.sha256,
    decision: account.decision as unknown as JsonObject,
    approval: approvalOf(account),
    mode: deps.executor.mode,
    log: account.records?.setting ?? "required",
    runner: deps.runner,
    profile: account.prepared?.profile ?? NO_PROFILE,
    profileFacts: account.prepared?.facts ?? {},
    commands: account.ran,
    effects: account.effects?.evidence ?? {},
    startedAt: formatRfc3339(account.startedAt),
    endedAt: formatRfc3339(endedAt),
  });
}

/** Nobody signs approvals of v0.1, and the evidence must not suggest it. */
function approvalOf(account: Account): JsonObject | null {
  if (account.approval === null) return null;
  return {
    artifact: account.approval as unknown as JsonObject,
    authenticated: false,
    consumed: account.approvalConsumed,
  };
}

function receiptOf(
  account: Account,
  ending: RunEnding,
  deps: RunDeps,
  evidence: Evidence,
  endedAt: number,
): Receipt {
  const { policy } = account.policy;
  const profile = account.prepared?.profile ?? NO_PROFILE;
  return buildReceipt({
    contract: account.contract,
    contractSha256: account.contractSha256,
    policyName: policy.name,
    policySchemaVersion: policy.policy_schema_version,
    policySha256: account.policy.sha256,
    executionId: account.executionId,
    mode: deps.executor.mode,
    startedAt: formatRfc3339(account.startedAt),
    endedAt: formatRfc3339(endedAt),
    runnerVersion: `csc/${deps.runner.version}`,
    sandboxProfileId: formatBinding({
      name: profile.name,
      profileSha256: profile.sha256,
      evidenceSha256: evidence.sha256,
    }),
    signingKeyId: deps.signer?.keyId ?? null,
    runs: account.ran,
    effects: account.effects,
    ending: receiptEnding(ending),
  });
}

/** The protocol knows no status for "needs approval": such a run is blocked. */
function receiptEnding(ending: RunEnding): Ending {
  const { verdict, error, exitCode } = ending;
  if (verdict === "success" || verdict === "failed") return { status: verdict };
  const status = verdict === "expired" ? "expired" : "blocked";
  return {
    status,
    error,
    ...(exitCode === undefined ? {} : { exitCode }),
  };
}

/**
 * Beside the receipt first, which is the durable copy. A failure there must not
 * keep the record from being written: it may be the only trace of the run.
 */
function writeAll(
  account: Account,
  output: ReceiptOutput,
  evidence: string,
  receipt: string,
): void {
  try {
    output.write(evidence, receipt);
  } finally {
    account.records?.conclude({
      ...judgedRun(account),
      evidence,
      receipt,
      outputs: account.ran.map(({ result }) => result),
    });
  }
}

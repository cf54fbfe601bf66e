/**
 * What csc has to account for: filled while a run goes on, so that whatever
 * stops it, a receipt can say how far it came.
 *
 * @module
 */
import { utf8 } from "../core/bytes.ts";
import { sha256Hex } from "../core/digest.ts";
import { mark } from "../core/mark.ts";
import type { JsonObject } from "../core/json.ts";
import { evaluate } from "../decide/evaluate.ts";
import type { PreparedRun, RunEffects } from "../execute/executor.ts";
import type { JudgedRun, RunRecords } from "../log/run_records.ts";
import type { Approval } from "../protocol/approval.ts";
import {
  canonicalContract,
  type Contract,
  parseContract,
} from "../protocol/contract.ts";
import type { PolicyDecision } from "../protocol/decision.ts";
import { type ParsedPolicy, parsePolicy } from "../protocol/policy.ts";
import type { CommandEvidence } from "../receipt/evidence.ts";
import { refuseUnsetClock } from "./clock.ts";
import type { RunDeps, RunRequest } from "./deps.ts";
import { newExecutionId } from "./execution_id.ts";

/** How a run ended, as the exit code tells it. */
export type Verdict =
  | "success"
  | "failed"
  | "blocked"
  | "needs_approval"
  | "expired";

/** How a run ended, with what a person is told. */
export interface RunEnding {
  readonly verdict: Verdict;
  /** "" for success and failure, where the command's output says it. */
  readonly error: string;
  /** The next step, where there is one. */
  readonly hint?: string | undefined;
  /** True where it is the policy that says no. */
  readonly denied?: boolean;
  /** In the receipt of a blocked run: 126 for a path that escapes. */
  readonly exitCode?: number | undefined;
}

/** One contract under one policy, judged. */
export interface Subject {
  readonly contract: Contract;
  readonly canonicalContract: string;
  readonly contractSha256: string;
  readonly policy: ParsedPolicy;
  readonly decision: PolicyDecision;
}

/** What is known of the run so far. */
export interface Account extends Subject {
  readonly executionId: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** The approval, once it has passed its checks. */
  approval: Approval | null;
  /** True once this run has used it up. */
  approvalConsumed: boolean;
  /** Set once opened. */
  records: RunRecords | null;
  prepared: PreparedRun | null;
  /** What the commands have changed, as far as it is known. */
  effects: RunEffects | null;
  /** Lets signals end csc again; set while they must not. */
  stopListening: (() => void) | null;
  /** Commands that ran, in order. */
  readonly ran: CommandEvidence[];
}

/**
 * Parse, validate, decide.
 *
 * @throws CscError for input that cannot be read: there is no contract yet to
 * account for (protocol §6). CLOCK_WRONG before 2020.
 */
export async function judge(
  request: Pick<RunRequest, "contract" | "policy">,
  now: number,
): Promise<Subject> {
  refuseUnsetClock(now);
  const contract = parseContract(
    request.contract.bytes,
    request.contract.source,
  );
  const canonical = canonicalContract(contract);
  mark("contract");
  // Hashed on another thread while this one reads the policy.
  const digest = sha256Hex(utf8(canonical));
  const policy = await parsePolicy(request.policy.bytes, request.policy.source);
  mark("policy");
  const contractSha256 = await digest;
  const decision = evaluate({
    contract,
    contractSha256,
    policy: policy.policy,
    now,
  });
  mark("decision");
  return {
    contract,
    canonicalContract: canonical,
    contractSha256,
    policy,
    decision,
  };
}

/** Opens the account of a new run. */
export async function openAccount(
  request: RunRequest,
  deps: RunDeps,
): Promise<Account> {
  const startedAt = deps.clock.now();
  return {
    ...await judge(request, startedAt),
    executionId: newExecutionId(deps.clock, deps.random),
    startedAt,
    approval: null,
    approvalConsumed: false,
    records: null,
    prepared: null,
    effects: null,
    stopListening: null,
    ran: [],
  };
}

/** The account as the records of runs want it, before anything has started. */
export function judgedRun(account: Account): JudgedRun {
  return {
    executionId: account.executionId,
    contract: account.canonicalContract,
    decision: account.decision as unknown as JsonObject,
  };
}

/**
 * The receipt: what a run came to, in the members the protocol has for it
 * (protocol §2 and §6). Everything richer is in the evidence document.
 *
 * Pure.
 *
 * @module
 */
import type {
  CommandResult,
  ExecutionMode,
  RunEffects,
} from "../execute/executor.ts";
import type { Command, Contract } from "../protocol/contract.ts";
import {
  MAX_RECEIPT_ERROR_CHARACTERS,
  TRUNCATION_MARK,
} from "../protocol/limits.ts";
import type { Receipt } from "../protocol/receipt.ts";

/** One command that ran to an exit code. */
export interface CommandRun {
  readonly id: string;
  readonly result: CommandResult;
}

/** How a run ended. */
export type Ending =
  | { readonly status: "success" | "failed" }
  | {
    readonly status: "blocked" | "expired";
    /** Why nothing (more) was started. */
    readonly error: string;
    /** 126 for a path that escapes; else absent (protocol §6). */
    readonly exitCode?: number;
  };

/** All that a receipt states. */
export interface ReceiptFacts {
  readonly contract: Contract;
  readonly contractSha256: string;
  readonly policyName: string;
  readonly policySchemaVersion: string;
  readonly policySha256: string;
  readonly executionId: string;
  readonly mode: ExecutionMode;
  /** RFC 3339 with offset. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly runnerVersion: string;
  /** `NAME@sha256:PROFILE;evidence=sha256:EVIDENCE`. */
  readonly sandboxProfileId: string;
  /** Id of the key that will sign, or null. */
  readonly signingKeyId: string | null;
  /** Commands that ran, in order; all but the last exited 0. */
  readonly runs: readonly CommandRun[];
  /** What they have changed; null where nobody knows. */
  readonly effects: Pick<RunEffects, "artifacts" | "filesWritten"> | null;
  readonly ending: Ending;
}

/** Builds the receipt of a run. */
export function buildReceipt(facts: ReceiptFacts): Receipt {
  const { ending, runs } = facts;
  const completed = runs.filter(({ result }) => result.exitCode === 0);
  return Object.freeze({
    receipt_version: "csc.receipt.v0.1",
    contract_id: facts.contract.contract_id,
    execution_id: facts.executionId,
    contract_sha256: facts.contractSha256,
    status: ending.status,
    started_at: facts.startedAt,
    ended_at: facts.endedAt,
    ...("error" in ending ? stoppedMembers(ending) : ranMembers(facts)),
    policy_profile: facts.policyName,
    policy_schema_version: facts.policySchemaVersion,
    policy_sha256: facts.policySha256,
    runner_version: facts.runnerVersion,
    execution_mode: facts.mode,
    sandbox_profile_id: facts.sandboxProfileId,
    ...(facts.signingKeyId === null
      ? {}
      : { signing_key_id: facts.signingKeyId }),
    completed_command_ids: Object.freeze(completed.map(({ id }) => id)),
  });
}

/** Members of a run whose commands ran to the end or to the first failure. */
function ranMembers(facts: ReceiptFacts) {
  const last = facts.runs.at(-1);
  if (last === undefined) return {};
  const { exitCode, stdout, stderr } = last.result;
  const effects = knownEffects(facts);
  const artifacts = facts.effects?.artifacts ?? [];
  return {
    exit_code: exitCode,
    stdout_hash: `sha256:${stdout.sha256}`,
    stderr_hash: `sha256:${stderr.sha256}`,
    ...(stdout.truncated ? { stdout_truncated: true } : {}),
    ...(stderr.truncated ? { stderr_truncated: true } : {}),
    ...(artifacts.length === 0 ? {} : { artifacts: Object.freeze(artifacts) }),
    ...(effects === null ? {} : { effect_summary: effects }),
    ...(exitCode === 0 ? {} : { failed_command_id: last.id }),
    error: errorText(last.result),
  };
}

/** Members of a run that was kept from starting or going on. */
function stoppedMembers(ending: Extract<Ending, { error: string }>) {
  return {
    ...(ending.exitCode === undefined ? {} : { exit_code: ending.exitCode }),
    error: cutText(ending.error),
  };
}

/**
 * What is known, and nothing else. A hardened command with network "deny" has
 * a network namespace of its own with nothing in it. What a local command did
 * nobody watched.
 */
function knownEffects(facts: ReceiptFacts) {
  if (facts.mode !== "hardened") return null;
  const started = facts.contract.commands.slice(0, facts.runs.length);
  const isolated = started.every((command: Command) =>
    command.network === "deny"
  );
  const secrets = started.some((command) => command.secret_refs.length > 0);
  const filesWritten = facts.effects?.filesWritten ?? null;
  if (!isolated && secrets && filesWritten === null) return null;
  return Object.freeze({
    ...(filesWritten === null ? {} : { files_written: filesWritten }),
    ...(isolated ? { network_used: false } : {}),
    ...(secrets ? {} : { secrets_used: 0 }),
  });
}

/**
 * `error` of a command: "" if it exited 0, else why it did not run to its end,
 * else its stderr (untrusted text), cut.
 */
export function errorText(result: CommandResult): string {
  if (result.exitCode === 0) return "";
  if (result.error !== "") return cutText(result.error);
  // Four bytes a character: more cannot matter, and the cut hides a torn one.
  const enough = result.stderr.bytes.subarray(
    0,
    MAX_RECEIPT_ERROR_CHARACTERS * 4 + 4,
  );
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(enough);
  return cutText(text);
}

/** Cuts to the limit, counted in code points, and marks the cut (protocol §3). */
export function cutText(text: string): string {
  if (text.length <= MAX_RECEIPT_ERROR_CHARACTERS) return text;
  const characters = [...text];
  if (characters.length <= MAX_RECEIPT_ERROR_CHARACTERS) return text;
  const kept = MAX_RECEIPT_ERROR_CHARACTERS - TRUNCATION_MARK.length;
  return characters.slice(0, kept).join("") + TRUNCATION_MARK;
}

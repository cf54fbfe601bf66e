/**
 * The evidence document: how a run was confined and what it did, in more words
 * than a receipt has. The receipt's signature covers its digest (design
 * invariant 10), so evidence cannot be exchanged afterwards.
 *
 * Pure. Integers only; canonical JSON is its one written form.
 *
 * @module
 */
import { canonicalText } from "../core/canonical.ts";
import { utf8 } from "../core/bytes.ts";
import { sha256Hex } from "../core/digest.ts";
import type { JsonObject, JsonValue } from "../core/json.ts";
import type {
  CapturedStream,
  CommandResult,
  ExecutionMode,
} from "../execute/executor.ts";
import { EVIDENCE_VERSION } from "./evidence_binding.ts";

/** The program that ran the contract. */
export interface RunnerFacts {
  readonly version: string;
  readonly flavour: string;
  readonly commit: string;
  readonly natives: Readonly<Record<string, string>>;
}

/** Name and digest of a sandbox profile. */
export interface ProfileId {
  readonly name: string;
  readonly sha256: string;
}

/** Stands where no sandbox was planned; its digest is that of no bytes at all. */
export const NO_PROFILE: ProfileId = {
  name: "none",
  sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
};

/** One command that ran, as evidence. */
export interface CommandEvidence {
  readonly id: string;
  readonly plan: JsonObject;
  readonly result: CommandResult;
  /** Microseconds from before its start to after its end. */
  readonly durationUs: number;
}

/** All that an evidence document states. */
export interface EvidenceFacts {
  readonly executionId: string;
  readonly contractSha256: string;
  readonly policySha256: string;
  readonly decision: JsonObject;
  /** The approval and what became of it; null when none was given. */
  readonly approval: JsonObject | null;
  readonly mode: ExecutionMode;
  readonly log: "required" | "off";
  readonly runner: RunnerFacts;
  readonly profile: ProfileId;
  /** What the executor states about host and profile; empty before planning. */
  readonly profileFacts: JsonObject;
  readonly commands: readonly CommandEvidence[];
  /** What the run has changed, where it is known. */
  readonly effects: JsonObject;
  /** RFC 3339 with offset. */
  readonly startedAt: string;
  readonly endedAt: string;
}

/** An evidence document in its written form. */
export interface Evidence {
  /** Canonical JSON, without a final newline. */
  readonly text: string;
  /** Digest of `text`, lower-case hex. */
  readonly sha256: string;
}

/** Builds the document and its digest. */
export async function buildEvidence(facts: EvidenceFacts): Promise<Evidence> {
  const text = canonicalText({
    evidence_version: EVIDENCE_VERSION,
    execution_id: facts.executionId,
    contract_sha256: facts.contractSha256,
    policy_sha256: facts.policySha256,
    decision: facts.decision,
    approval: facts.approval,
    mode: facts.mode,
    log: facts.log,
    // Whoever calls a one-shot csc can read the key it signs with.
    key_custody: "caller",
    runner: facts.runner as unknown as JsonObject,
    sandbox_profile: {
      name: facts.profile.name,
      sha256: facts.profile.sha256,
      facts: facts.profileFacts,
    },
    commands: facts.commands.map(commandEvidence),
    ...facts.effects,
    started_at: facts.startedAt,
    ended_at: facts.endedAt,
  }, { keepNulls: true });
  return { text, sha256: await sha256Hex(utf8(text)) };
}

function commandEvidence(command: CommandEvidence): JsonValue {
  const { result } = command;
  return {
    id: command.id,
    plan: command.plan,
    facts: result.facts,
    exit_code: result.exitCode,
    timed_out: result.timedOut,
    notes: result.notes,
    stdout: streamEvidence(result.stdout),
    stderr: streamEvidence(result.stderr),
    duration_us: command.durationUs,
  };
}

function streamEvidence(stream: CapturedStream): JsonValue {
  return {
    bytes: stream.total,
    captured: stream.bytes.length,
    sha256: stream.sha256,
    truncated: stream.truncated,
  };
}

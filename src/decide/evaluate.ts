/**
 * The policy gate (protocol §5): contract + policy → decision.
 *
 * Pure: the same input gives the same decision, and nothing is read or asked.
 * `intent` and `justification` are the agent's words and are never looked at.
 *
 * @module
 */
import { quote } from "../core/text.ts";
import type { Command, Contract } from "../protocol/contract.ts";
import type { PolicyDecision } from "../protocol/decision.ts";
import type { Policy } from "../protocol/policy.ts";
import { formatRfc3339 } from "../protocol/rfc3339.ts";
import { checkApprovalMode } from "./approval_mode.ts";
import { checkArgv } from "./argv_rules.ts";
import { type Classification, classify } from "./classify.ts";
import { checkCwd } from "./cwd.ts";
import { checkEffectApproval, checkProposedEffect } from "./effects.ts";
import { type Finding, reasonText } from "./finding.ts";
import { checkNetwork } from "./network.ts";
import { checkReadScope } from "./read_scope.ts";
import { checkRiskClass } from "./risk_class.ts";
import { checkSecrets } from "./secrets.ts";
import { checkTimeout } from "./timeout.ts";
import { checkWriteScope } from "./write_scope.ts";

/** What a decision depends on, and nothing else. */
export interface EvaluationInput {
  readonly contract: Contract;
  /** Digest of the contract's canonical form, lower-case hex. */
  readonly contractSha256: string;
  readonly policy: Policy;
  /** Wall-clock time, milliseconds since the Unix epoch. */
  readonly now: number;
}

/**
 * How long a decision may be acted upon, milliseconds. It must outlast the
 * reading of a decision by a person, and not the next change of a policy: a
 * decision kept longer would let yesterday's policy rule today.
 */
const DECISION_LIFETIME_MS = 10 * 60 * 1000;

/** A rule about one command that can only deny. */
type CommandRule = (command: Command, policy: Policy) => Finding[];

/** The rules that follow classification, in the protocol's order (§5.2c, e). */
const COMMAND_RULES: readonly CommandRule[] = [
  checkProposedEffect,
  checkTimeout,
  checkNetwork,
  checkSecrets,
  checkCwd,
  checkReadScope,
  checkWriteScope,
];

/** What has been found out so far. */
interface Progress {
  readonly effects: { command_id: string; effect_type: string }[];
  readonly needs: Finding[];
}

/**
 * Decides. The first denial in the protocol's order ends the evaluation; a need
 * for approval never does, so a contract that must be denied is not sent to a
 * person first, whichever command the denial is about.
 */
export function evaluate(input: EvaluationInput): PolicyDecision {
  const { contract, policy } = input;
  const progress: Progress = { effects: [], needs: [] };
  const denial = findDenial(contract, policy, progress);
  if (denial !== null) {
    return decide(input, "deny", denial, progress);
  }
  const needs = [...progress.needs, ...checkApprovalMode(contract)];
  if (needs.length > 0) {
    return decide(input, "needs_approval", needs, progress);
  }
  return decide(input, "allow", [], progress);
}

/** What the first denying rule finds, as `evaluate` does; null for nothing. */
export function denialOf(
  contract: Contract,
  policy: Policy,
): readonly Finding[] | null {
  return findDenial(contract, policy, { effects: [], needs: [] });
}

/** Returns what the first denying rule found, or null when none denies. */
function findDenial(
  contract: Contract,
  policy: Policy,
  progress: Progress,
): readonly Finding[] | null {
  const risk = checkRiskClass(contract, policy);
  if (risk.length > 0) return risk;
  for (const command of contract.commands) {
    const found = findCommandDenial(command, policy, progress);
    if (found !== null) return found;
  }
  return null;
}

/** The rules for one command in order; what it does is noted on the way. */
function findCommandDenial(
  command: Command,
  policy: Policy,
  progress: Progress,
): readonly Finding[] | null {
  const argv = checkArgv(command, policy);
  if (argv.length > 0) return argv;
  const classification = classify(command, policy);
  note(command, classification, policy, progress);
  for (const rule of COMMAND_RULES) {
    const found = rule(command, policy);
    if (found.length > 0) return found;
  }
  return null;
}

function note(
  command: Command,
  classification: Classification,
  policy: Policy,
  progress: Progress,
): void {
  progress.effects.push({
    command_id: command.id,
    effect_type: classification.effect,
  });
  progress.needs.push(...checkEffectApproval(command, classification, policy));
}

/**
 * Builds the frozen decision. It carries one code, that of the first finding,
 * and a line for each finding with this code.
 */
function decide(
  input: EvaluationInput,
  decision: PolicyDecision["decision"],
  findings: readonly Finding[],
  progress: Progress,
): PolicyDecision {
  const code = findings[0]?.code ?? "ALLOW";
  const reasons = findings.filter((finding) => finding.code === code)
    .map(reasonText);
  if (reasons.length === 0) reasons.push(allowText(input));
  return Object.freeze({
    contract_id: input.contract.contract_id,
    contract_sha256: input.contractSha256,
    decision,
    policy_profile: input.policy.name,
    classified_effects: Object.freeze(
      progress.effects.map((effect) => Object.freeze(effect)),
    ),
    reasons: Object.freeze(reasons),
    reason_codes: Object.freeze([code]),
    expires_at: formatRfc3339(input.now + DECISION_LIFETIME_MS),
  });
}

function allowText({ contract, policy }: EvaluationInput): string {
  const commands = contract.commands.map(({ id }) => quote(id)).join(", ");
  return `every rule of policy ${
    quote(policy.name)
  } holds for command ${commands}`;
}

/**
 * Effect rules: what a command says it does must be allowed (protocol §5.2c),
 * and what it is found to do may need a person's consent (§5.2d).
 *
 * @module
 */
import type { Command } from "../protocol/contract.ts";
import type { Policy } from "../protocol/policy.ts";
import type { Classification } from "./classify.ts";
import type { Finding } from "./finding.ts";

/** Returns a finding when the proposed effect is not allowed. */
export function checkProposedEffect(
  command: Command,
  policy: Policy,
): Finding[] {
  if (policy.allowed_effect_types.includes(command.proposed_effect_type)) {
    return [];
  }
  return [{
    code: "EFFECT_TYPE_NOT_ALLOWED",
    commandId: command.id,
    what: "proposed_effect_type",
    subject: command.proposed_effect_type,
    problem: "is not in the policy's allowed_effect_types",
  }];
}

/** Returns a need for approval for each classified effect in the manual list. */
export function checkEffectApproval(
  command: Command,
  classification: Classification,
  policy: Policy,
): Finding[] {
  const manual = policy.manual_approval_for_classified_effect_types;
  const effects = new Set([classification.effect, ...classification.effects]);
  return [...effects].filter((effect) => manual.includes(effect)).map(
    (subject) => ({
      code: "APPROVAL_REQUIRED",
      commandId: command.id,
      what: "classified effect",
      subject,
      problem: "needs manual approval under the policy",
    }),
  );
}

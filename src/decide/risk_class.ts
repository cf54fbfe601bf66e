/**
 * Risk-class rule (protocol §5.1): does the policy take contracts of this risk?
 *
 * The class is the agent's own claim, so this rule keeps honest agents within
 * bounds; it proves nothing about a dishonest one.
 *
 * @module
 */
import type { Contract } from "../protocol/contract.ts";
import type { Policy } from "../protocol/policy.ts";
import type { Finding } from "./finding.ts";

/** Returns a finding when the contract's risk class is not allowed. */
export function checkRiskClass(contract: Contract, policy: Policy): Finding[] {
  if (policy.allowed_risk_classes.includes(contract.risk_class)) return [];
  return [{
    code: "RISK_CLASS_NOT_ALLOWED",
    commandId: null,
    what: "risk_class",
    subject: contract.risk_class,
    problem: "is not in the policy's allowed_risk_classes",
  }];
}

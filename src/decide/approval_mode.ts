/**
 * Approval-mode rule (protocol §5.3): did the agent itself ask for a person?
 *
 * @module
 */
import type { Contract } from "../protocol/contract.ts";
import type { Finding } from "./finding.ts";

/** Returns a need for approval unless the policy alone is to decide. */
export function checkApprovalMode(contract: Contract): Finding[] {
  if (contract.approval_mode === "policy_only") return [];
  return [{
    code: "APPROVAL_REQUIRED",
    commandId: null,
    what: "approval_mode",
    subject: contract.approval_mode,
    problem: "asks for approval by a person",
  }];
}

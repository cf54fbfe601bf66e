/**
 * The endings of runs in which no command, or not every one, was started.
 * Bundled apart (scripts/build/apart.ts).
 *
 * @module
 */
import { causeText, isCscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import { allowedHint } from "../decide/allowed.ts";
import type { PolicyDecision } from "../protocol/decision.ts";
import type { RunEnding, Subject } from "./account.ts";

/** The ending of a contract that the policy denies. */
export function denied({ contract, policy, decision }: Subject): RunEnding {
  return {
    verdict: "blocked",
    denied: true,
    hint: allowedHint(contract, policy.policy),
    error: `policy ${quote(decision.policy_profile)} denies the contract: ` +
      because(decision),
  };
}

/** The ending of a contract that waits for a person, or for two. */
export function approvalRequired({ contract, decision }: Subject): RunEnding {
  return {
    verdict: "needs_approval",
    error: `policy ${quote(decision.policy_profile)} asks for an approval: ` +
      because(decision),
    hint: contract.approval_mode === "dual_control_required"
      ? "csc cannot check two approvals yet, so nothing lets this contract run."
      : 'Have it approved, then run it with "--approval FILE".',
  };
}

/** The ending of a run that something else than the policy stopped. */
export function stopped(error: unknown): RunEnding {
  if (!isCscError(error)) {
    return {
      verdict: "blocked",
      error: `internal error: ${causeText(error)}`,
      hint: "This is a defect of csc; please report it.",
    };
  }
  return {
    verdict: "blocked",
    error: error.message,
    hint: error.hint,
    // The one cause of a block that has an exit code (protocol §6).
    exitCode: error.code === "PATH_ESCAPE" ? 126 : undefined,
  };
}

function because(decision: PolicyDecision): string {
  return `${decision.reason_codes.join(", ")}: ${decision.reasons.join("; ")}`;
}

/** The ending of a run whose decision no longer held when it came to start. */
export function expired({ decision }: Subject): RunEnding {
  return {
    verdict: "expired",
    error: `the decision expired at ${decision.expires_at}, before the first ` +
      "command could start",
    hint: "Run the contract again.",
  };
}

/**
 * Does this approval cover this contract now? (protocol §6, "Approval checks")
 *
 * An artifact of v0.1 carries no signature: these checks say that it fits, not
 * who made it, and the evidence of the run says so.
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import type { Approval } from "../protocol/approval.ts";
import type { Contract } from "../protocol/contract.ts";
import { parseRfc3339 } from "../protocol/rfc3339.ts";

/**
 * How far ahead of our clock `approved_at` may be, milliseconds: clocks differ,
 * but nobody approves in the future.
 */
const APPROVED_AT_SKEW_MS = 60_000;

/**
 * Checks everything but earlier use, in the order of protocol §6; the schema
 * was checked by whoever parsed it.
 *
 * @param now Milliseconds since the Unix epoch.
 * @throws CscError APPROVAL_REJECTED, naming the first check that failed.
 */
export function checkApproval(
  approval: Approval,
  contractSha256: string,
  now: number,
): void {
  const { approval_id, approved_at, expires_at } = approval;
  if (approval.contract_sha256.toLowerCase() !== contractSha256) {
    throw rejected(
      approval_id,
      `it is for contract ${quote(approval.contract_sha256)}, ` +
        `not for ${quote(contractSha256)}`,
      "Ask for an approval of this very contract; any change to it needs a new one.",
    );
  }
  const approvedAt = instant(approval_id, "approved_at", approved_at);
  const expiresAt = instant(approval_id, "expires_at", expires_at);
  if (expiresAt <= approvedAt) {
    throw rejected(
      approval_id,
      `it expires at ${quote(expires_at)}, not after ${quote(approved_at)}`,
      "Ask the approver for an artifact with a validity period.",
    );
  }
  if (now >= expiresAt) {
    throw rejected(
      approval_id,
      `it expired at ${quote(expires_at)}`,
      "Ask for a new approval.",
    );
  }
  if (approvedAt - now > APPROVED_AT_SKEW_MS) {
    throw rejected(
      approval_id,
      `it was approved at ${quote(approved_at)}, which is still to come`,
      "Check the clocks of this machine and of the approver.",
    );
  }
}

/**
 * One artifact without a signature is not two people: nothing that can be given
 * in v0.1 meets a contract's demand for dual control.
 *
 * @throws CscError APPROVAL_REJECTED.
 */
export function refuseDualControl(
  { approval_id }: Approval,
  { approval_mode }: Contract,
): void {
  if (approval_mode !== "dual_control_required") return;
  throw rejected(
    approval_id,
    "the contract asks for dual control: two approvals of different people, " +
      "which csc cannot check yet",
    'Where one approval is enough, let the contract say approval_mode "human_required".',
  );
}

/** The error for an approval that was used before. */
export function alreadyConsumed(approval: Approval): CscError {
  return rejected(
    approval.approval_id,
    "it is for a single execution and was used before",
    "Ask for a new approval.",
  );
}

/** Schema-valid artifacts have readable dates; anything else must not pass as "never". */
function instant(approvalId: string, member: string, text: string): number {
  const at = parseRfc3339(text);
  if (at === null) {
    throw rejected(
      approvalId,
      `its ${member} ${quote(text)} is not an RFC 3339 date with offset`,
      "Ask the approver for a valid artifact.",
    );
  }
  return at;
}

function rejected(approvalId: string, why: string, hint: string): CscError {
  return new CscError(
    "APPROVAL_REJECTED",
    `use approval ${quote(approvalId)}: ${why}`,
    { hint },
  );
}

import assert from "node:assert/strict";
import {
  checkApproval,
  refuseDualControl,
} from "../../../src/approvals/check.ts";
import { isCscError } from "../../../src/core/errors.ts";
import type { Approval } from "../../../src/protocol/approval.ts";
import type { Contract } from "../../../src/protocol/contract.ts";

const SHA = "ab".repeat(32);
const NOW = Date.UTC(2026, 0, 1, 12);

const APPROVAL: Approval = {
  approval_version: "csc.approval.v0.1",
  approval_id: "approval-1",
  contract_sha256: SHA,
  approver: { identity: "eve", method: "cli" },
  approved_at: "2026-01-01T11:00:00Z",
  expires_at: "2026-01-01T13:00:00Z",
  scope: "single_execution",
};

const FITTING: [what: string, change: Partial<Approval>][] = [
  ["as it is", {}],
  ["digest in upper case", { contract_sha256: SHA.toUpperCase() }],
  ["another offset", { expires_at: "2026-01-01T13:00:01+01:00" }],
  ["a clock 60 s ahead", { approved_at: "2026-01-01T12:01:00Z" }],
  ["one millisecond left", { expires_at: "2026-01-01T12:00:00.001Z" }],
];
for (const [what, change] of FITTING) {
  Deno.test(`checkApproval() accepts ${what}`, () => {
    checkApproval({ ...APPROVAL, ...change }, SHA, NOW);
  });
}

const UNFIT: [what: string, change: Partial<Approval>, why: RegExp][] = [
  ["another contract", { contract_sha256: "cd".repeat(32) }, /is for contract/],
  [
    "the contract before its dates",
    { contract_sha256: "cd".repeat(32), expires_at: "2020-01-01T00:00:00Z" },
    /is for contract/,
  ],
  ["no validity", { approved_at: "2026-01-01T13:00:00Z" }, /not after/],
  [
    "no validity, said before that it expired",
    { approved_at: "2026-01-01T11:00:00Z", expires_at: "2026-01-01T11:00:00Z" },
    /not after/,
  ],
  ["expiry at this instant", { expires_at: "2026-01-01T12:00:00Z" }, /expired/],
  ["expiry elsewhere", { expires_at: "2026-01-01T13:00:00+01:00" }, /expired/],
  [
    "approval to come",
    { approved_at: "2026-01-01T12:01:00.001Z" },
    /still to come/,
  ],
  ["a loose date", { expires_at: "2026-01-01 13:00" }, /RFC 3339/],
];
for (const [what, change, why] of UNFIT) {
  Deno.test(`checkApproval() refuses ${what}`, () => {
    assert.throws(
      () => checkApproval({ ...APPROVAL, ...change }, SHA, NOW),
      (error) =>
        isCscError(error) && error.code === "APPROVAL_REJECTED" &&
        why.test(error.message) && error.hint !== undefined,
    );
  });
}

Deno.test("refuseDualControl() refuses every approval for such a contract, no other", () => {
  const contract = (approval_mode: string) => ({ approval_mode }) as Contract;
  refuseDualControl(APPROVAL, contract("policy_only"));
  refuseDualControl(APPROVAL, contract("human_required"));
  assert.throws(
    () => refuseDualControl(APPROVAL, contract("dual_control_required")),
    { code: "APPROVAL_REJECTED", message: /"approval-1".*dual control/ },
  );
});

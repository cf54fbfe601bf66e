import assert from "node:assert/strict";
import { utf8 } from "../../../src/core/bytes.ts";
import { type ErrorCode, isCscError } from "../../../src/core/errors.ts";
import { parseApproval } from "../../../src/protocol/approval.ts";

const APPROVAL = {
  approval_version: "csc.approval.v0.1",
  approval_id: "approval_1",
  contract_sha256: "AB".repeat(32),
  approver: { identity: "mira@example.com", method: "ticket" },
  approved_at: "2026-03-20T10:00:00Z",
  expires_at: "2026-03-20T11:00:00+00:00",
  scope: "single_execution",
  ticket_id: "OPS-7",
};

Deno.test("parseApproval() returns the approval, frozen", () => {
  const parsed = parseApproval(utf8(JSON.stringify(APPROVAL)), "a.json");
  assert.deepEqual(parsed, APPROVAL);
  assert.ok(Object.isFrozen(parsed) && Object.isFrozen(parsed.approver));
});

const REFUSED: [
  what: string,
  change: object,
  code: ErrorCode,
  where: string,
][] = [
  [
    "another version",
    { approval_version: "csc.approval.v0.2" },
    "VERSION_UNKNOWN",
    "/approval_version",
  ],
  [
    "a date without offset",
    { approved_at: "2026-03-20T10:00:00" },
    "APPROVAL_INVALID",
    "/approved_at",
  ],
  [
    "30 February",
    { expires_at: "2026-02-30T10:00:00Z" },
    "APPROVAL_INVALID",
    "/expires_at",
  ],
  [
    "a short digest",
    { contract_sha256: "ab" },
    "APPROVAL_INVALID",
    "/contract_sha256",
  ],
  ["a null ticket", { ticket_id: null }, "APPROVAL_INVALID", "/ticket_id"],
  ["an unknown member", { extra: 1 }, "APPROVAL_INVALID", "/extra"],
];

for (const [what, change, code, where] of REFUSED) {
  Deno.test(`parseApproval() refuses ${what}`, () => {
    const bytes = utf8(JSON.stringify({ ...APPROVAL, ...change }));
    assert.throws(
      () => parseApproval(bytes, "a.json"),
      (error) =>
        isCscError(error) && error.code === code &&
        error.details[0]?.where === where,
    );
  });
}

Deno.test("parseApproval() refuses malformed and oversized files", () => {
  const code = (text: string): string => {
    try {
      parseApproval(utf8(text), "a.json");
    } catch (error) {
      if (isCscError(error)) return error.code;
    }
    return "accepted";
  };
  assert.equal(code("{"), "INPUT_MALFORMED");
  assert.equal(code(" ".repeat(64 * 1024 + 1)), "INPUT_UNREADABLE");
});

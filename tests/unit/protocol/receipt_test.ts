import assert from "node:assert/strict";
import { utf8 } from "../../../src/core/bytes.ts";
import { canonicalText } from "../../../src/core/canonical.ts";
import { type ErrorCode, isCscError } from "../../../src/core/errors.ts";
import type { JsonValue } from "../../../src/core/json.ts";
import {
  checkReceipt,
  parseReceipt,
  type Receipt,
  receiptText,
} from "../../../src/protocol/receipt.ts";
import vectors from "../../vectors/reference.json" with { type: "json" };

const BLOCKED: Receipt = {
  receipt_version: "csc.receipt.v0.1",
  contract_id: "contract_1",
  execution_id: "run_1",
  contract_sha256: "0".repeat(64),
  status: "blocked",
  started_at: "2026-01-01T00:00:00.000Z",
  ended_at: "2026-01-01T00:00:00.000Z",
  policy_profile: "ci",
  failed_command_id: null,
  error: 'é\u2028 "x"\n\u001b',
};

function refusal(text: string): string {
  try {
    parseReceipt(utf8(text), "r.json");
  } catch (error) {
    assert.ok(isCscError(error), String(error));
    return error.code;
  }
  return "accepted";
}

for (const { name, signed } of vectors.receipts) {
  Deno.test(`parseReceipt() keeps all the reference signed: ${name}`, () => {
    const parsed = parseReceipt(utf8(JSON.stringify(signed)), "r.json");
    assert.deepEqual(parsed, signed);
    assert.equal(parsed["failed_command_id"], null);
    assert.ok(Object.isFrozen(parsed));
  });
}

Deno.test("receiptText() reads back as the same canonical form", () => {
  for (const receipt of [BLOCKED, ...vectors.receipts.map((r) => r.signed)]) {
    const text = receiptText(receipt as unknown as Receipt);
    assert.ok(text.endsWith("}\n") && text.includes('\n  "'));
    const options = { keepNulls: true };
    assert.equal(
      canonicalText(parseReceipt(utf8(text), "r.json"), options),
      canonicalText(receipt as unknown as JsonValue, options),
    );
  }
});

Deno.test("receiptText() refuses what could not be read back", () => {
  for (const change of [{ exit_code: 0.5 }, { error: "\ud800" }]) {
    assert.throws(
      () => receiptText({ ...BLOCKED, ...change }),
      (error) => isCscError(error) && error.code === "NOT_CANONICAL",
    );
  }
});

const text = JSON.stringify(BLOCKED);
const REFUSED: [what: string, text: string, code: ErrorCode][] = [
  ["a list", "[]", "RECEIPT_INVALID"],
  [
    "another version",
    text.replace("receipt.v0.1", "receipt.v9"),
    "VERSION_UNKNOWN",
  ],
  [
    "a number that is no plain integer",
    text.replace("{", '{"exit_code":0.0,'),
    "INPUT_MALFORMED",
  ],
  [
    "success without hashes",
    text.replace('"blocked"', '"success"'),
    "RECEIPT_INVALID",
  ],
  ["an unknown member", text.replace("{", '{"extra":1,'), "RECEIPT_INVALID"],
  [
    "a date without offset",
    text.replace("00.000Z", "00.000"),
    "RECEIPT_INVALID",
  ],
  [
    "a duplicate key",
    text.replace("{", '{"status":"success",'),
    "INPUT_MALFORMED",
  ],
];

for (const [what, changed, code] of REFUSED) {
  Deno.test(`parseReceipt() refuses ${what}`, () => {
    assert.notEqual(changed, text);
    assert.equal(refusal(changed), code);
  });
}

Deno.test("checkReceipt() leaves the signature to the verifier", () => {
  const plain = BLOCKED as unknown as { [name: string]: JsonValue };
  for (const signature of [null, 1, {}, { algorithm: "rsa" }]) {
    assert.deepEqual(checkReceipt({ ...plain, signature }), []);
  }
  assert.equal(checkReceipt({ ...plain, status: 1 })[0]?.where, "/status");
});

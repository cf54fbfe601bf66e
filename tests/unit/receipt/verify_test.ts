import assert from "node:assert/strict";
import { toBase64, utf8 } from "../../../src/core/bytes.ts";
import type { JsonObject, JsonValue } from "../../../src/core/json.ts";
import { verifyReceipt } from "../../../src/receipt/verify.ts";
import { makeKeyring } from "../../../src/sign/keyring.ts";
import {
  KEYRING,
  REFERENCE,
  SIGNED,
  without,
  withSignature,
} from "./samples.ts";

for (const { name, signed } of REFERENCE) {
  Deno.test(`verifyReceipt() accepts the reference's "${name}"`, async () => {
    const verdict = await verifyReceipt(signed, KEYRING);
    assert.deepEqual(verdict, {
      valid: true,
      code: "VALID",
      message: 'the signature by key "vector-01" is valid',
      key_id: "vector-01",
    });
  });
}

const VALUE = "A".repeat(85) + "Q==";
const CASES: [behaviour: string, value: JsonValue, code: string][] = [
  ["accepts our own", SIGNED, "VALID"],
  ["refuses what is no object", ["receipt"], "SCHEMA_INVALID"],
  ["refuses null", null, "SCHEMA_INVALID"],
  [
    "refuses another version",
    { ...SIGNED, receipt_version: "csc.receipt.v9" },
    "VERSION_UNKNOWN",
  ],
  [
    "refuses a missing version",
    without(SIGNED, "receipt_version"),
    "SCHEMA_INVALID",
  ],
  ["refuses an unknown member", { ...SIGNED, extra: 1 }, "SCHEMA_INVALID"],
  [
    "checks the schema before the signature",
    { ...without(SIGNED, "signature"), status: "fine" },
    "SCHEMA_INVALID",
  ],
  [
    "misses the signature",
    without(SIGNED, "signature"),
    "SIGNATURE_MISSING",
  ],
  [
    "takes null as missing",
    { ...SIGNED, signature: null },
    "SIGNATURE_MISSING",
  ],
  [
    "wants an object",
    { ...SIGNED, signature: VALUE },
    "SIGNATURE_MALFORMED",
  ],
  ["wants no array", { ...SIGNED, signature: [] }, "SIGNATURE_MALFORMED"],
  [
    "wants no other members",
    withSignature((s) => ({ ...s, public_key: "AAAA" })),
    "SIGNATURE_MALFORMED",
  ],
  [
    "wants strings",
    withSignature((s) => ({ ...s, key_id: 5 })),
    "SIGNATURE_MALFORMED",
  ],
  [
    "wants signed_at",
    withSignature((s) => without(s, "signed_at")),
    "SIGNATURE_MALFORMED",
  ],
  [
    "wants signed_at with an offset",
    withSignature((s) => ({ ...s, signed_at: "2026-01-01T00:00:00" })),
    "SIGNATURE_MALFORMED",
  ],
  [
    "knows one algorithm",
    withSignature((s) => ({ ...s, algorithm: "Ed25519" })),
    "ALGORITHM_UNSUPPORTED",
  ],
  [
    "takes no algorithm for granted",
    withSignature((s) => without(s, "algorithm")),
    "ALGORITHM_UNSUPPORTED",
  ],
  [
    "wants a key id",
    withSignature((s) => without(s, "key_id")),
    "KEY_ID_MISSING",
  ],
  [
    "wants a key id that is not empty",
    withSignature((s) => ({ ...s, key_id: "" })),
    "KEY_ID_MISSING",
  ],
  [
    "wants a value",
    withSignature((s) => without(s, "signature")),
    "SIGNATURE_VALUE_MISSING",
  ],
  [
    "wants a value that is not empty",
    withSignature((s) => ({ ...s, signature: "" })),
    "SIGNATURE_VALUE_MISSING",
  ],
  [
    "wants padding",
    withSignature((s) => ({
      ...s,
      signature: String(s["signature"]).replace("==", ""),
    })),
    "ENCODING_MALFORMED",
  ],
  [
    "wants no white space",
    withSignature((s) => ({ ...s, signature: `${s["signature"]}\n` })),
    "ENCODING_MALFORMED",
  ],
  [
    "wants no stray bits",
    withSignature((s) => ({ ...s, signature: "A".repeat(85) + "R==" })),
    "ENCODING_MALFORMED",
  ],
  [
    "wants no URL-safe alphabet",
    withSignature((s) => ({ ...s, signature: "_".repeat(85) + "Q==" })),
    "ENCODING_MALFORMED",
  ],
  [
    "wants 64 bytes",
    withSignature((s) => ({ ...s, signature: toBase64(new Uint8Array(63)) })),
    "ENCODING_MALFORMED",
  ],
  [
    "trusts no other key id",
    withSignature((s) => ({ ...s, key_id: "nobody" })),
    "KEY_ID_UNKNOWN",
  ],
  [
    "refuses a key off the curve",
    withSignature((s) => ({ ...s, key_id: "off-curve" })),
    "PUBLIC_KEY_INVALID",
  ],
  [
    "refuses a key of small order",
    withSignature((s) => ({ ...s, key_id: "small-order" })),
    "PUBLIC_KEY_INVALID",
  ],
  [
    "refuses a lone surrogate",
    { ...SIGNED, error: "\ud800" },
    "NOT_CANONICAL",
  ],
  [
    "refuses a huge integer",
    { ...SIGNED, exit_code: 2 ** 53 },
    "NOT_CANONICAL",
  ],
  [
    "refuses a value of its own",
    withSignature((s) => ({ ...s, signature: VALUE })),
    "SIGNATURE_INVALID",
  ],
  [
    "covers the date",
    withSignature((s) => ({ ...s, signed_at: "2026-01-01T00:00:00Z" })),
    "SIGNATURE_INVALID",
  ],
  [
    "covers the key id",
    withSignature((s) => ({ ...s, key_id: "other" })),
    "SIGNATURE_INVALID",
  ],
  ["covers the exit code", { ...SIGNED, exit_code: 0 }, "SIGNATURE_INVALID"],
  ["covers the error", { ...SIGNED, error: "no " }, "SIGNATURE_INVALID"],
  ["covers what is left out", without(SIGNED, "error"), "SIGNATURE_INVALID"],
  [
    "covers what is put in",
    { ...SIGNED, runner_version: "1" },
    "SIGNATURE_INVALID",
  ],
  [
    "tells null from absent",
    { ...SIGNED, failed_command_id: null },
    "SIGNATURE_INVALID",
  ],
];

for (const [behaviour, value, code] of CASES) {
  Deno.test(`verifyReceipt() ${behaviour}`, async () => {
    const verdict = await verifyReceipt(value, KEYRING);
    assert.equal(verdict.code, code, verdict.message);
    assert.equal(verdict.valid, code === "VALID");
    assert.notEqual(verdict.message, "");
  });
}

/** Each line is worse than the next in one way; the first fault is told. */
const ORDER: [code: string, fault: (value: JsonObject) => JsonObject][] = [
  ["SCHEMA_INVALID", (v) => ({ ...v, extra: 1 })],
  ["SIGNATURE_MALFORMED", (v) => inSignature(v, { extra: "" })],
  ["ALGORITHM_UNSUPPORTED", (v) => inSignature(v, { algorithm: "none" })],
  ["KEY_ID_MISSING", (v) => inSignature(v, { key_id: "" })],
  ["SIGNATURE_VALUE_MISSING", (v) => inSignature(v, { signature: "" })],
  ["ENCODING_MALFORMED", (v) => inSignature(v, { signature: "?" })],
  ["KEY_ID_UNKNOWN", (v) => inSignature(v, { key_id: "nobody" })],
  ["PUBLIC_KEY_INVALID", (v) => inSignature(v, { key_id: "off-curve" })],
  ["NOT_CANONICAL", (v) => ({ ...v, error: "\udc00" })],
  ["SIGNATURE_INVALID", (v) => ({ ...v, exit_code: 0 })],
];

function inSignature(value: JsonObject, change: JsonObject): JsonObject {
  const signature = value["signature"] as JsonObject;
  return { ...value, signature: { ...signature, ...change } };
}

Deno.test("verifyReceipt() tells the first fault in the protocol's order", async () => {
  for (const from of ORDER.keys()) {
    // Later faults first, so that an earlier one overrides the same member.
    const value = ORDER.slice(from).reverse()
      .reduce((broken, [, fault]) => fault(broken), SIGNED);
    const verdict = await verifyReceipt(value, KEYRING, utf8("{}"));
    assert.equal(verdict.code, ORDER[from]?.[0]);
  }
});

Deno.test("verifyReceipt() names the key only when it selected a trusted one", async () => {
  const ask = async (value: JsonValue) =>
    (await verifyReceipt(value, KEYRING)).key_id;
  assert.equal(await ask(SIGNED), "vector-01");
  assert.equal(await ask({ ...SIGNED, error: "" }), "vector-01");
  assert.equal(await ask(inSignature(SIGNED, { key_id: "nobody" })), null);
  assert.equal(await ask(without(SIGNED, "signature")), null);
});

Deno.test("verifyReceipt() trusts nothing without keys", async () => {
  const verdict = await verifyReceipt(SIGNED, makeKeyring([]));
  assert.equal(verdict.code, "KEY_ID_UNKNOWN");
});

Deno.test("verifyReceipt() quotes untrusted text in its message", async () => {
  const value = inSignature(SIGNED, { key_id: "\u001b[2J" });
  const { message } = await verifyReceipt(value, KEYRING);
  assert.match(message, /"\\u001b\[2J"/);
});

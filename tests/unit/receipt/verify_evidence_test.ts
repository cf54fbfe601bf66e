import assert from "node:assert/strict";
import { utf8 } from "../../../src/core/bytes.ts";
import {
  evidenceSha256,
  formatBinding,
  parseBinding,
} from "../../../src/receipt/evidence_binding.ts";
import { verifyReceipt } from "../../../src/receipt/verify.ts";
import {
  EVIDENCE,
  KEYRING,
  RECEIPT,
  SIGNED,
  signed,
  without,
} from "./samples.ts";

const INDENTED = utf8(`\n${JSON.stringify(EVIDENCE, null, 2)}\n`);
const EVIDENCE_CASES: [behaviour: string, bytes: Uint8Array, code: string][] = [
  ["accepts the evidence named, however it is laid out", INDENTED, "VALID"],
  [
    "refuses other evidence",
    utf8(JSON.stringify({ ...EVIDENCE, stages: [] })),
    "EVIDENCE_MISMATCH",
  ],
  [
    "refuses evidence without its null",
    utf8(JSON.stringify(without(EVIDENCE, "note"))),
    "EVIDENCE_MISMATCH",
  ],
  ["refuses what is not JSON", utf8("evidence"), "EVIDENCE_MISMATCH"],
  [
    "refuses a duplicate key",
    utf8(JSON.stringify(EVIDENCE).replace("{", '{"note":1,')),
    "EVIDENCE_MISMATCH",
  ],
  ["refuses nothing at all", new Uint8Array(0), "EVIDENCE_MISMATCH"],
];

for (const [behaviour, bytes, code] of EVIDENCE_CASES) {
  Deno.test(`verifyReceipt() ${behaviour}`, async () => {
    const verdict = await verifyReceipt(SIGNED, KEYRING, bytes);
    assert.equal(verdict.code, code, verdict.message);
    assert.equal(verdict.key_id, "vector-01");
  });
}

for (
  const id of [
    undefined,
    "sandbox-linux-amd64-v1",
    `default@sha256:${"3".repeat(64)}`,
    `${RECEIPT.sandbox_profile_id}x`,
    `${RECEIPT.sandbox_profile_id}\n`,
    String(RECEIPT.sandbox_profile_id).toUpperCase(),
  ]
) {
  Deno.test(`verifyReceipt() finds no evidence in ${JSON.stringify(id)?.slice(0, 60)}`, async () => {
    const { sandbox_profile_id: _, ...rest } = RECEIPT;
    const receipt = id === undefined
      ? rest
      : { ...rest, sandbox_profile_id: id };
    const value = await signed(receipt);
    assert.equal((await verifyReceipt(value, KEYRING)).code, "VALID");
    const verdict = await verifyReceipt(value, KEYRING, INDENTED);
    assert.equal(verdict.code, "EVIDENCE_NOT_BOUND");
  });
}

Deno.test("verifyReceipt() looks at evidence only under a valid signature", async () => {
  const verdict = await verifyReceipt(
    { ...SIGNED, error: "" },
    KEYRING,
    utf8("{}"),
  );
  assert.equal(verdict.code, "SIGNATURE_INVALID");
});

Deno.test("formatBinding() writes what parseBinding() reads, and nothing else", () => {
  const binding = {
    name: "default",
    profileSha256: "a".repeat(64),
    evidenceSha256: "b".repeat(64),
  };
  assert.deepEqual(parseBinding(formatBinding(binding)), binding);
  for (
    const change of [
      { name: "" },
      { name: "a;b" },
      { name: "a@b" },
      { profileSha256: "A".repeat(64) },
      { evidenceSha256: "b".repeat(63) },
    ]
  ) {
    assert.throws(() => formatBinding({ ...binding, ...change }), {
      code: "INTERNAL",
    });
  }
});

const FORMATS: [version: string | null, remark: RegExp][] = [
  ["csc.evidence.v0.2", /binds the evidence given$/],
  ["csc.evidence.v0.1", /, of the earlier format "csc\.evidence\.v0\.1"$/],
  ["csc.evidence.v9\u001b[2J", /v9.*which this csc does not know$/],
  [null, /, which names no format$/],
];

for (const [version, remark] of FORMATS) {
  Deno.test(`verifyReceipt() takes evidence of format ${JSON.stringify(version)}, and says so`, async () => {
    const evidence = { ...EVIDENCE, evidence_version: version };
    const receipt = await signed({
      ...RECEIPT,
      sandbox_profile_id: formatBinding({
        name: "default",
        profileSha256: "3".repeat(64),
        evidenceSha256: await evidenceSha256(evidence),
      }),
    });
    const bytes = utf8(JSON.stringify(evidence));
    const verdict = await verifyReceipt(receipt, KEYRING, bytes);
    assert.equal(verdict.code, "VALID");
    assert.match(verdict.message, remark);
    assert.equal(verdict.message.includes("\u001b"), false);
  });
}

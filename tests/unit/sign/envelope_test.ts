import assert from "node:assert/strict";
import { signAsync } from "@noble/ed25519";
import { fromHex, fromUtf8Strict, toBase64 } from "../../../src/core/bytes.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import type { Receipt, SignedReceipt } from "../../../src/protocol/receipt.ts";
import { receiptSignedBytes, signReceipt } from "../../../src/sign/envelope.ts";
import { loadSigner } from "../../../src/sign/file_signer.ts";
import { makeKeyring } from "../../../src/sign/keyring.ts";

const { key: KEY, receipts: RECEIPTS } = JSON.parse(Deno.readTextFileSync(
  new URL("../../vectors/reference.json", import.meta.url),
)) as {
  key: { seed_hex: string; public_hex: string; key_id: string };
  receipts: { name: string; signed: SignedReceipt; payload: string }[];
};
const SEED = fromHex(KEY.seed_hex) ?? assert.fail();
const SIGNER = await loadSigner(SEED, KEY.key_id, "vector key");
const PUBLIC_KEY = await SIGNER.publicKey();

Deno.test("there are reference receipts", () => {
  assert.ok(RECEIPTS.length >= 2);
});

for (const { name, signed, payload } of RECEIPTS) {
  const { signature, ...receipt } = signed;

  Deno.test(`receiptSignedBytes() of "${name}" are the reference's`, () => {
    const bytes = receiptSignedBytes(signed as unknown as JsonObject);
    assert.equal(fromUtf8Strict(bytes), payload);
  });

  Deno.test(`signReceipt() signs "${name}" as the reference did`, async () => {
    const again = await signReceipt(receipt, SIGNER, signature.signed_at);
    assert.deepEqual(again, signed);
    const noble = await signAsync(
      receiptSignedBytes(again as unknown as JsonObject).slice() as Uint8Array<
        ArrayBuffer
      >,
      SEED,
    );
    assert.equal(again.signature.signature, toBase64(noble));
  });
}

const RECEIPT: Receipt = {
  receipt_version: "csc.receipt.v0.1",
  contract_id: "contract_1",
  execution_id: "e",
  contract_sha256: "0".repeat(64),
  status: "blocked",
  started_at: "2026-01-01T00:00:00Z",
  ended_at: "2026-01-01T00:00:00Z",
  policy_profile: "p",
  failed_command_id: null,
};
const SIGNED_AT = "2026-01-01T00:00:00Z";

Deno.test("receiptSignedBytes() cover the metadata and keep nulls", async () => {
  const signed = await signReceipt(RECEIPT, SIGNER, SIGNED_AT);
  const text = fromUtf8Strict(
    receiptSignedBytes(signed as unknown as JsonObject),
  ) ?? "";
  assert.match(text, /"failed_command_id":null/);
  assert.match(
    text,
    /"signature":\{"algorithm":"ed25519","key_id":"vector-01","signed_at":"2026-01-01T00:00:00Z"\}/,
  );
});

Deno.test("signReceipt() freezes what it returns and changes nothing", async () => {
  const before = structuredClone(RECEIPT);
  const signed = await signReceipt(RECEIPT, SIGNER, SIGNED_AT);
  assert.ok(Object.isFrozen(signed) && Object.isFrozen(signed.signature));
  assert.deepEqual(RECEIPT, before);
});

Deno.test("signReceipt() refuses to sign twice", async () => {
  const signed = await signReceipt(RECEIPT, SIGNER, SIGNED_AT);
  await assert.rejects(signReceipt(signed, SIGNER, SIGNED_AT), {
    code: "INTERNAL",
  });
});

Deno.test("signReceipt() refuses a receipt that names another key", async () => {
  const other = { ...RECEIPT, signing_key_id: "other" };
  await assert.rejects(signReceipt(other, SIGNER, SIGNED_AT), {
    code: "INTERNAL",
  });
  const same = { ...RECEIPT, signing_key_id: KEY.key_id };
  assert.equal(
    (await signReceipt(same, SIGNER, SIGNED_AT)).signature.key_id,
    KEY.key_id,
  );
});

Deno.test("signReceipt() refuses what has no canonical form", async () => {
  const odd = { ...RECEIPT, error: "\ud800" };
  await assert.rejects(signReceipt(odd, SIGNER, SIGNED_AT), {
    code: "NOT_CANONICAL",
  });
});

Deno.test("makeKeyring() selects by the exact id and knows no others", () => {
  const publicKey = PUBLIC_KEY;
  const keyring = makeKeyring([{ keyId: "a", publicKey }]);
  assert.deepEqual(keyring.select("a"), { keyId: "a", publicKey });
  for (const id of ["A", "a ", "", "toString", "__proto__"]) {
    assert.equal(keyring.select(id), null);
  }
  assert.deepEqual(keyring.keyIds, ["a"]);
});

Deno.test("makeKeyring() refuses one id twice and ids without a shape", () => {
  const publicKey = PUBLIC_KEY;
  const twice = [{ keyId: "a", publicKey }, { keyId: "a", publicKey }];
  assert.throws(() => makeKeyring(twice), { code: "KEY_INVALID" });
  assert.throws(() => makeKeyring([{ keyId: "a\n", publicKey }]), {
    code: "KEY_INVALID",
  });
});

Deno.test("makeKeyring() keeps its own copy of each key", () => {
  const publicKey = PUBLIC_KEY.slice();
  const keyring = makeKeyring([{ keyId: "a", publicKey }]);
  publicKey.fill(0);
  assert.deepEqual(keyring.select("a")?.publicKey, PUBLIC_KEY);
});

/**
 * A signed receipt, its evidence and the keys around it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fromHex } from "../../../src/core/bytes.ts";
import type { JsonObject, JsonValue } from "../../../src/core/json.ts";
import type { Receipt } from "../../../src/protocol/receipt.ts";
import {
  evidenceSha256,
  formatBinding,
} from "../../../src/receipt/evidence_binding.ts";
import { signReceipt } from "../../../src/sign/envelope.ts";
import { loadSigner } from "../../../src/sign/file_signer.ts";
import { makeKeyring } from "../../../src/sign/keyring.ts";
import { trusted } from "../sign/trusted.ts";

export const { key: KEY, receipts: REFERENCE } = JSON.parse(
  Deno.readTextFileSync(
    new URL("../../vectors/reference.json", import.meta.url),
  ),
);
export const SIGNER = await loadSigner(
  fromHex(KEY.seed_hex) ?? assert.fail(),
  KEY.key_id,
  "vector key",
);
export const OTHER = await loadSigner(
  new Uint8Array(32).fill(9),
  "other",
  "seed",
);
/** y = 2, which no point of the curve has. */
const OFF_CURVE = new Uint8Array(32).fill(2, 0, 1);
export const KEYRING = makeKeyring([
  await trusted(SIGNER),
  await trusted(OTHER),
  { keyId: "off-curve", publicKey: OFF_CURVE },
  { keyId: "small-order", publicKey: new Uint8Array(32) },
]);

export const EVIDENCE = {
  evidence_version: "v",
  stages: ["mounts"],
  note: null,
};
const SIGNED_AT = "2026-01-01T00:00:00.000Z";
export const RECEIPT: Receipt = {
  receipt_version: "csc.receipt.v0.1",
  contract_id: "contract_1",
  execution_id: "execution-1",
  contract_sha256: "0".repeat(64),
  status: "failed",
  exit_code: 3,
  stdout_hash: `sha256:${"1".repeat(64)}`,
  stderr_hash: `sha256:${"2".repeat(64)}`,
  started_at: "2026-01-01T00:00:00.000Z",
  ended_at: "2026-01-01T00:00:01.000Z",
  policy_profile: "p",
  sandbox_profile_id: formatBinding({
    name: "default",
    profileSha256: "3".repeat(64),
    evidenceSha256: await evidenceSha256(EVIDENCE),
  }),
  completed_command_ids: [],
  failed_command_id: "cmd_1",
  error: "no",
};
export const SIGNED = await signed(RECEIPT);

export async function signed(
  receipt: Receipt,
  signer = SIGNER,
): Promise<JsonObject> {
  const result = await signReceipt(receipt, signer, SIGNED_AT);
  return result as unknown as JsonObject;
}

/** The signed receipt with another signature object. */
export function withSignature(change: (signature: JsonObject) => JsonValue) {
  return { ...SIGNED, signature: change(SIGNED["signature"] as JsonObject) };
}

export function without(object: JsonObject, name: string): JsonObject {
  const { [name]: _, ...rest } = object;
  return rest;
}

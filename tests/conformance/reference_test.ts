/** What another implementation of the protocol wrote must come out the same. */
import assert from "node:assert/strict";
import { canonicalText } from "../../src/core/canonical.ts";
import { sha256Hex } from "../../src/core/digest.ts";
import type { JsonObject } from "../../src/core/json.ts";
import {
  canonicalContract,
  contractSha256,
  parseContract,
} from "../../src/protocol/contract.ts";
import { parsePolicy } from "../../src/protocol/policy.ts";
import { parseReceipt } from "../../src/protocol/receipt.ts";
import { jsonBytes, readVector } from "./fixtures.ts";

const REFERENCE = readVector<{
  contracts: {
    name: string;
    contract: JsonObject;
    canonical: string;
    contract_sha256: string;
  }[];
  policies: {
    name: string;
    policy: JsonObject;
    canonical: string;
    policy_sha256: string;
  }[];
  receipts: {
    name: string;
    signed: JsonObject & { signature: JsonObject };
    payload: string;
  }[];
  key_order: { object: JsonObject; canonical: string; sha256: string };
}>("reference.json");

Deno.test("there are reference vectors of every kind", () => {
  const { contracts, policies, receipts } = REFERENCE;
  assert.deepEqual(
    [contracts.length, policies.length, receipts.length],
    [6, 3, 2],
  );
});

for (const vector of REFERENCE.contracts) {
  Deno.test(`canonicalContract() reproduces "${vector.name}"`, async () => {
    const contract = parseContract(jsonBytes(vector.contract), "c.json");
    assert.equal(canonicalContract(contract), vector.canonical);
    assert.equal(await contractSha256(contract), vector.contract_sha256);
  });
}

for (const vector of REFERENCE.policies) {
  Deno.test(`parsePolicy() reproduces the digest of "${vector.name}"`, async () => {
    const { canonical, sha256 } = await parsePolicy(
      jsonBytes(vector.policy),
      "policy.json",
    );
    assert.equal(canonical, vector.canonical);
    assert.equal(sha256, vector.policy_sha256);
  });
}

for (const vector of REFERENCE.receipts) {
  Deno.test(`canonicalText() reproduces the signed text of "${vector.name}"`, () => {
    const receipt = parseReceipt(jsonBytes(vector.signed), "receipt.json");
    const { signature, ...rest } = receipt as typeof vector.signed;
    const { signature: _value, ...metadata } = signature;
    assert.equal(
      canonicalText({ ...rest, signature: metadata }, { keepNulls: true }),
      vector.payload,
    );
  });
}

Deno.test("canonicalText() sorts members by code point", async () => {
  const { object, canonical, sha256 } = REFERENCE.key_order;
  assert.equal(canonicalText(object), canonical);
  assert.equal(await sha256Hex(new TextEncoder().encode(canonical)), sha256);
});

/** Contracts, policies and receipts that are nearly right. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { utf8 } from "../../src/core/bytes.ts";
import { canonicalText } from "../../src/core/canonical.ts";
import { isCscError } from "../../src/core/errors.ts";
import type { JsonObject } from "../../src/core/json.ts";
import {
  canonicalContract,
  contractSha256,
  parseContract,
} from "../../src/protocol/contract.ts";
import { parsePolicy } from "../../src/protocol/policy.ts";
import { parseReceipt } from "../../src/protocol/receipt.ts";
import { verifyReceipt } from "../../src/receipt/verify.ts";
import { receiptSignedBytes } from "../../src/sign/envelope.ts";
import { KEYRING, SIGNED } from "../unit/receipt/samples.ts";
import contracts from "../vectors/own/contracts-valid.json" with {
  type: "json",
};
import policies from "../vectors/own/policies-loader.json" with {
  type: "json",
};
import { holds, mutated, swapped, TOKENS } from "./property.ts";

/** What `read` returns, or undefined when it refuses as it should. */
async function accepted<T>(
  read: () => T | Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    assert.ok(isCscError(error), `${error}`);
    assert.match(error.code, /^(INPUT_|VERSION_UNKNOWN|[A-Z]+_INVALID)/);
    return undefined;
  }
}

const WORDS = [
  ...TOKENS,
  ...["deny", "full", "low", "critical", "exec", "pipeline", "argv", "/", ".."],
  ...['"cwd":"relative",', '"timeout_sec":0,', '"version":"csc.v0.2",'],
  ...['"extra":1,', '"expected_outputs":[],', '"exec":null,', "*"],
];

Deno.test("contract: what is accepted has one canonical form, which is accepted", async () => {
  const seeds = contracts.map(({ input }) => JSON.stringify(input))
    .filter((text) => text.length < 5000);
  let count = 0;
  await holds(mutated(seeds, WORDS), async (text) => {
    const contract = await accepted(() => parseContract(utf8(text), "s"));
    if (contract === undefined) return;
    count++;
    assert.ok(Object.isFrozen(contract) && Object.isFrozen(contract.commands));
    const canonical = canonicalContract(contract);
    const again = parseContract(utf8(canonical), "s");
    assert.equal(canonicalContract(again), canonical);
    assert.equal(await contractSha256(again), await contractSha256(contract));
  });
  assert.ok(count > 20, `${count} accepted`);
});

Deno.test("policy: what is accepted has one canonical form, which is accepted", async () => {
  const seeds = policies.map(({ raw_text }) => raw_text)
    .filter((text) => text.length < 4000);
  let count = 0;
  await holds(mutated(seeds, WORDS), async (text) => {
    const parsed = await accepted(() => parsePolicy(utf8(text), "s"));
    if (parsed === undefined) return;
    count++;
    assert.ok(Object.isFrozen(parsed.policy.allow_commands));
    const again = await parsePolicy(utf8(parsed.canonical), "s.json");
    assert.equal(again.canonical, parsed.canonical);
    assert.equal(again.sha256, parsed.sha256);
    assert.deepEqual(again.policy, parsed.policy);
  });
  assert.ok(count > 20, `${count} accepted`);
});

Deno.test("receipt: none but the one that was signed is valid", async () => {
  const original = receiptSignedBytes(SIGNED as unknown as JsonObject);
  const text = JSON.stringify(SIGNED);
  const seeds = [text, JSON.stringify(SIGNED, null, 2)];
  let valid = 0;
  let read = 0;
  const texts = fc.oneof(mutated(seeds, WORDS), swapped(text));
  await holds(texts, async (text) => {
    const receipt = await accepted(() => parseReceipt(utf8(text), "s"));
    if (receipt === undefined) return;
    read++;
    const nulls = { keepNulls: true };
    const canonical = canonicalText(receipt, nulls);
    const again = parseReceipt(utf8(canonical), "s");
    assert.equal(canonicalText(again, nulls), canonical);
    const verdict = await verifyReceipt(receipt, KEYRING);
    if (!verdict.valid) return;
    valid++;
    assert.deepEqual(receiptSignedBytes(receipt), original);
  });
  // Space that was put in changes nothing; most else does.
  assert.ok(valid > 10 && read > valid, `${valid} valid of ${read}`);
});

import assert from "node:assert/strict";
import type { JsonValue } from "../../../src/core/json.ts";
import { evaluate } from "../../../src/decide/evaluate.ts";
import {
  contractFromJson,
  contractSha256,
} from "../../../src/protocol/contract.ts";
import {
  type ParsedPolicy,
  parsePolicy,
  policyFromJson,
} from "../../../src/protocol/policy.ts";

interface DecisionVector {
  id: string;
  description: string;
  contract: JsonValue;
  expected_decision: string;
  expected_reason_codes: string[];
  expected_classified_effects: unknown;
}

const ROOT = new URL("../../../", import.meta.url);
const NAMES = [
  "dev-readonly",
  "dev-test-no-network",
  "ci-standard",
  "regulated-restricted",
];
/** Kinds of decision that the vectors of every policy must cover. */
const COVERED = [
  "ALLOW",
  "APPROVAL_REQUIRED",
  "RISK_CLASS_NOT_ALLOWED",
  "COMMAND_NOT_ALLOWED",
  "ARGV_PREFIX_DENIED",
  "EFFECT_TYPE_NOT_ALLOWED",
  "TIMEOUT_EXCEEDS_POLICY",
  "NETWORK_EXCEEDS_POLICY",
  "SECRET_REF_NOT_ALLOWED",
  "CWD_NOT_ALLOWED",
  "READ_SCOPE_DENIED",
  "PATH_NOT_ABSOLUTE",
];

function readJson<T>(path: string): T {
  return JSON.parse(Deno.readTextFileSync(new URL(path, ROOT)));
}

async function readPolicy(name: string): Promise<ParsedPolicy> {
  const path = `policies/${name}.yaml`;
  return await parsePolicy(Deno.readFileSync(new URL(path, ROOT)), path);
}

async function checkVector(vector: DecisionVector, { policy }: ParsedPolicy) {
  const contract = contractFromJson(vector.contract, vector.id);
  const decision = evaluate({
    contract,
    contractSha256: await contractSha256(contract),
    policy,
    now: 0,
  });
  assert.equal(decision.decision, vector.expected_decision);
  assert.deepEqual(decision.reason_codes, vector.expected_reason_codes);
  assert.deepEqual(
    decision.classified_effects,
    vector.expected_classified_effects,
  );
  assert.ok(decision.reasons.length > 0);
}

for (const name of NAMES) {
  const path = `tests/vectors/policies/${name}.json`;
  const vectors = readJson<(DecisionVector & { policy: string })[]>(path);

  Deno.test(`vectors of ${name} cover every kind of decision`, () => {
    const codes = new Set(vectors.flatMap((v) => v.expected_reason_codes));
    assert.deepEqual(COVERED.filter((code) => !codes.has(code)), []);
    assert.ok(
      codes.has("WRITE_SCOPE_DENIED") || codes.has("WRITE_PATHS_NOT_EMPTY"),
    );
    assert.equal(new Set(vectors.map(({ id }) => id)).size, vectors.length);
  });

  for (const vector of vectors) {
    Deno.test(`evaluate() ${vector.id}: ${vector.description}`, async () => {
      assert.equal(vector.policy, name);
      await checkVector(vector, await readPolicy(name));
    });
  }
}

const PUBLIC = readJson<(DecisionVector & { policy: JsonValue })[]>(
  "tests/vectors/conformance/decisions-decisions.json",
);

for (const vector of PUBLIC) {
  Deno.test(`evaluate() ${vector.id}: ${vector.description}`, async () => {
    await checkVector(vector, await policyFromJson(vector.policy, vector.id));
  });
}

Deno.test("there are public decision vectors", () => {
  assert.ok(PUBLIC.length >= 7);
});

const REFERENCE = readJson<
  { policies: { name: string; canonical: string; policy_sha256: string }[] }
>("tests/vectors/reference.json");

Deno.test("three policies are known by the reference", () => {
  const known = REFERENCE.policies.map(({ name }) => name);
  assert.deepEqual(known.filter((name) => NAMES.includes(name)), [
    "dev-readonly",
    "dev-test-no-network",
    "regulated-restricted",
  ]);
});

for (const { name, canonical, policy_sha256 } of REFERENCE.policies) {
  Deno.test(`policies/${name}.yaml has the reference's digest`, async () => {
    const parsed = await readPolicy(name);
    assert.equal(parsed.canonical, canonical);
    assert.equal(parsed.sha256, policy_sha256);
    assert.equal(parsed.policy.name, name);
  });
}

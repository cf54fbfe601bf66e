import assert from "node:assert/strict";
import type { JsonObject } from "../../src/core/json.ts";
import { evaluate } from "../../src/decide/evaluate.ts";
import { contractSha256, parseContract } from "../../src/protocol/contract.ts";
import { parsePolicy } from "../../src/protocol/policy.ts";
import { REASON_CODES } from "../../src/protocol/reason_codes.ts";
import { schemaFindings } from "../../src/protocol/schema.ts";
import { type DecisionFixture, fixtures, jsonBytes } from "./fixtures.ts";

const NOW = Date.parse("2026-03-20T10:00:00Z");

/** The decision about a fixture, by way of the loaders. */
async function decide({ contract, policy }: DecisionFixture) {
  const parsed = parseContract(jsonBytes(contract), "contract.json");
  return evaluate({
    contract: parsed,
    contractSha256: await contractSha256(parsed),
    policy: (await parsePolicy(jsonBytes(policy), "policy.json")).policy,
    now: NOW,
  });
}

for (const fixture of fixtures<DecisionFixture>("decisions-decisions")) {
  Deno.test(`evaluate() decides ${fixture.id}`, async () => {
    const decision = await decide(fixture);
    assert.equal(decision.decision, fixture.expected_decision);
    assert.deepEqual(decision.reason_codes, fixture.expected_reason_codes);
    const effects = fixture.expected_classified_effects;
    if (effects !== undefined) {
      assert.deepEqual(decision.classified_effects, effects);
    }
    const wire = JSON.parse(JSON.stringify(decision)) as JsonObject;
    assert.deepEqual(schemaFindings("decision", wire), []);
    assert.ok(Date.parse(decision.expires_at) > NOW);
  });
}

Deno.test("the decision fixtures cover every reason code", () => {
  const covered = new Set(
    fixtures<DecisionFixture>("decisions-decisions")
      .flatMap((fixture) => fixture.expected_reason_codes),
  );
  const informational = ["EFFECT_RECLASSIFIED"];
  const missing = Object.keys(REASON_CODES)
    .filter((code) => !covered.has(code) && !informational.includes(code));
  assert.deepEqual(missing, []);
});

Deno.test("evaluate() looks at no word of the agent's", async () => {
  for (const fixture of fixtures<DecisionFixture>("decisions-decisions")) {
    const other = {
      ...fixture,
      contract: {
        ...fixture.contract,
        intent: "allow this",
        justification: "a person has approved it",
      },
    };
    const [one, two] = [await decide(fixture), await decide(other)];
    assert.deepEqual(
      { ...two, contract_sha256: "" },
      { ...one, contract_sha256: "" },
      fixture.id,
    );
  }
});

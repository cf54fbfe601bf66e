/** evaluate(): an answer for every contract and policy, always the same one. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { evaluate } from "../../src/decide/evaluate.ts";
import type { Command, Contract } from "../../src/protocol/contract.ts";
import type { Policy } from "../../src/protocol/policy.ts";
import { REASON_CODES } from "../../src/protocol/reason_codes.ts";
import {
  sampleCommand,
  sampleContract,
  samplePipeline,
  samplePolicy,
} from "../unit/decide/samples.ts";
import { holds } from "./property.ts";

const word = fc.oneof(
  fc.constantFrom("git", "cat", "curl", "sh", "/usr/bin/git", "push", "-c", ""),
  fc.constantFrom("api.stripe.com", "STRIPE", "example.org", "https://x.test"),
  fc.string({ unit: "grapheme", maxLength: 5 }),
);
const place = fc.oneof(
  fc.constantFrom("/w", "/w/repo", "/w/repo/**", "/w/../etc", "/", "/w2", "w"),
  fc.constantFrom(
    "/w/*",
    "C:\\w",
    "\\\\h\\s\\x",
    "/w/repo/",
    "//",
    "/w/./repo",
  ),
  fc.string({ unit: "grapheme", maxLength: 6 }),
);
const places = fc.array(place, { maxLength: 3 });
const effect = fc.constantFrom(
  ...["observe", "transform_local", "fetch_external", "mutate_repo"],
  ...["deploy", "touch_secrets", "financial_action", "x_other"],
);
const network = fc.constantFrom("deny", "allowlisted", "full");
const risk = fc.constantFrom("low", "medium", "high", "critical");
const argv = fc.array(word, { minLength: 1, maxLength: 4 });

const changes = fc.record({
  id: fc.constantFrom("c1", "c2"),
  cwd: place,
  read_paths: places,
  write_paths: places,
  network,
  env_allow: fc.array(word, { maxLength: 2 }),
  secret_refs: fc.array(word, { maxLength: 1 }),
  timeout_sec: fc.nat({ max: 100 }),
  proposed_effect_type: effect,
}, { requiredKeys: [] });
const command = fc.tuple(
  changes,
  fc.oneof(argv, fc.array(argv, { minLength: 1, maxLength: 3 })),
).map(([changed, how]) => {
  const fields = changed as Partial<Command>;
  const pipeline = how.filter((argv) => Array.isArray(argv));
  return pipeline.length > 0
    ? samplePipeline(pipeline.map((argv) => [...argv]), fields)
    : sampleCommand({ ...fields, exec: { argv: how.filter(isText) } });
});
const contract = fc.tuple(
  fc.array(command, { minLength: 1, maxLength: 3 }),
  risk,
  fc.constantFrom("policy_only", "manual", "manual_per_command"),
).map(([commands, risk_class, approval_mode]) =>
  sampleContract({ commands, risk_class, approval_mode } as Partial<Contract>)
);
const policy = fc.record({
  allow_commands: fc.array(word, { maxLength: 5 }),
  deny_argv_prefixes: fc.array(argv, { maxLength: 2 }),
  allowed_effect_types: fc.array(effect, { maxLength: 8 }),
  manual_approval_for_classified_effect_types: fc.array(effect, {
    maxLength: 2,
  }),
  allowed_risk_classes: fc.array(risk, { maxLength: 4 }),
  max_timeout_sec: fc.nat({ max: 100 }),
  network,
  allow_secret_refs: fc.boolean(),
  require_write_paths_empty: fc.boolean(),
  allowed_cwd_prefixes: places,
  allowed_read_prefixes: places,
  allowed_write_prefixes: places,
  allowed_egress_hosts: fc.array(word, { maxLength: 2 }),
}, { requiredKeys: [] }).map((changed) =>
  samplePolicy(changed as Partial<Policy>)
);

function isText(value: unknown): value is string {
  return typeof value === "string";
}

const SHA = "a".repeat(64);

Deno.test("evaluate(): every contract gets one decision, and always the same", async () => {
  const seen = new Map<string, number>();
  await holds(fc.tuple(contract, policy), ([contract, policy]) => {
    const input = { contract, policy, contractSha256: SHA, now: 0 };
    const before = JSON.stringify(input);
    const decision = evaluate(input);
    assert.equal(JSON.stringify(input), before);
    assert.deepEqual(evaluate(structuredClone(input)), decision);
    const { reason_codes: [code, ...more], reasons } = decision;
    assert.ok(code !== undefined && code in REASON_CODES);
    assert.deepEqual(more, []);
    assert.ok(reasons.length > 0);
    assert.equal(decision.decision === "allow", code === "ALLOW");
    seen.set(decision.decision, (seen.get(decision.decision) ?? 0) + 1);
  });
  assert.ok((seen.get("deny") ?? 0) > 10, JSON.stringify([...seen]));
});

Deno.test("evaluate(): what the agent says of itself changes nothing", async () => {
  await holds(fc.tuple(contract, policy, word), ([contract, policy, said]) => {
    const of = (contract: Contract) =>
      evaluate({ contract, policy, contractSha256: SHA, now: 0 });
    const other = { ...contract, intent: said, justification: said };
    assert.deepEqual(of(other), of(contract));
  });
});

Deno.test("evaluate(): a policy that allows less never allows more", async () => {
  const lists = [
    "allow_commands",
    "allowed_effect_types",
    "allowed_risk_classes",
    "allowed_cwd_prefixes",
    "allowed_read_prefixes",
    "allowed_write_prefixes",
  ] as const;
  const which = fc.constantFrom(...lists);
  await holds(
    fc.tuple(contract, policy, which, fc.nat({ max: 4 })),
    ([contract, policy, list, index]) => {
      const of = (policy: Policy) =>
        evaluate({ contract, policy, contractSha256: SHA, now: 0 }).decision;
      const less = {
        ...policy,
        [list]: policy[list].filter((_, i) => i !== index),
      };
      if (of(policy) === "deny") assert.equal(of(less as Policy), "deny");
    },
  );
});

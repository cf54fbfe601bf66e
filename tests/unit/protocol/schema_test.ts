import assert from "node:assert/strict";
import type { JsonObject, JsonValue } from "../../../src/core/json.ts";
import { schemaFindings } from "../../../src/protocol/schema.ts";

/** A valid contract with the members of one command replaced. */
function contractWith(
  command: JsonObject,
  contract: JsonObject = {},
): JsonObject {
  return {
    version: "csc.v0.1",
    contract_id: "contract-1",
    intent: "look",
    actor: {
      agent_id: "a",
      session_id: "s",
      initiating_user: "u",
      delegation_scope: "d",
    },
    commands: [{
      id: "c",
      exec: { argv: ["git"] },
      cwd: "/srv",
      read_paths: [],
      write_paths: [],
      network: "deny",
      env_allow: [],
      secret_refs: [],
      timeout_sec: 1,
      proposed_effect_type: "observe",
      ...command,
    }],
    risk_class: "low",
    approval_mode: "policy_only",
    justification: "j",
    ...contract,
  };
}

const CASES: readonly [
  behaviour: string,
  value: JsonValue,
  where: string,
  message: string,
][] = [
  [
    "says which of exec and pipeline is there",
    contractWith({
      pipeline: { segments: [{ argv: ["a"] }, { argv: ["b"] }] },
    }),
    "/commands/0",
    'found both of "exec" and "pipeline", expected exactly one of them',
  ],
  [
    "says that neither exec nor pipeline is there",
    contractWith({ exec: null }),
    "/commands/0",
    'found neither of "exec" and "pipeline", expected exactly one of them',
  ],
  [
    "says only that the type is wrong where it is",
    contractWith({ network: 1 }),
    "/commands/0/network",
    "found 1, expected a string",
  ],
  [
    "says nothing of exec and pipeline about what is no command",
    contractWith({}, { commands: [[]] }),
    "/commands/0",
    "found an array of 0 items, expected an object",
  ],
  [
    "lists what an enumeration allows",
    contractWith({ network: "internet" }),
    "/commands/0/network",
    'found "internet", expected one of "deny", "allowlisted", "full"',
  ],
  [
    "suggests the value that was probably meant",
    contractWith({ network: "allowlist" }),
    "/commands/0/network",
    'found "allowlist", expected one of "deny", "allowlisted", "full"; ' +
    'did you mean "allowlisted"?',
  ],
  [
    "suggests the member that was probably meant",
    contractWith({}, { expectedOutputs: [] }),
    "/expectedOutputs",
    'unknown member "expectedOutputs"; did you mean "expected_outputs"?',
  ],
  [
    "lists the members where none is near",
    contractWith({ exec: { argv: ["a"], environment: {} } }),
    "/commands/0/exec/environment",
    'unknown member "environment", expected only "argv"',
  ],
  [
    "escapes what cannot be seen",
    contractWith({ cwd: "\u202e/srv" }),
    "/commands/0/cwd",
    'found "\\u202e/srv", expected absolute path ' +
    "(/dir, C:\\dir or \\\\host\\share)",
  ],
  [
    "escapes what cannot be seen in a name",
    contractWith({}, { "\u001b[2J": 1 }),
    "/\\u001b[2J",
    'unknown member "\\u001b[2J", expected only "version", "contract_id", ' +
    '"intent", "actor", "commands", "risk_class", "approval_mode", ' +
    '"expected_outputs", "justification"',
  ],
  [
    "says how long a text is and cuts it",
    contractWith({}, { intent: "i".repeat(1001) }),
    "/intent",
    `found "${"i".repeat(79)}…" with 1001 characters, expected at most 1000`,
  ],
  [
    "counts one item in the singular",
    contractWith({ exec: null, pipeline: { segments: [{ argv: ["a"] }] } }),
    "/commands/0/pipeline/segments",
    "found an array of 1 item, expected at least 2 items",
  ],
];

for (const [behaviour, value, where, message] of CASES) {
  Deno.test(`schemaFindings() ${behaviour}`, () => {
    assert.deepEqual(schemaFindings("contract", value), [{ where, message }]);
  });
}

Deno.test("schemaFindings() finds nothing wrong with a valid document", () => {
  assert.deepEqual(schemaFindings("contract", contractWith({})), []);
});

Deno.test("schemaFindings() gives several findings at once", () => {
  const value = contractWith({ cwd: "srv", timeout_sec: 0 }, { intent: "" });
  assert.deepEqual(
    schemaFindings("contract", value).map(({ where }) => where).sort(),
    ["/commands/0/cwd", "/commands/0/timeout_sec", "/intent"],
  );
});

Deno.test("schemaFindings() stops at 20 findings", () => {
  const value = contractWith({ read_paths: Array(21).fill("srv") });
  const findings = schemaFindings("contract", value);
  assert.equal(findings.length, 20);
  assert.equal(findings[19]?.where, "/commands/0/read_paths/19");
});

Deno.test("schemaFindings() does not drown in a million findings", () => {
  // Would take minutes if findings were joined by copying.
  const value = contractWith({ read_paths: Array(500_000).fill(1) });
  assert.equal(schemaFindings("contract", value).length, 20);
});

Deno.test("schemaFindings() keeps a long name out of the pointer", () => {
  const name = "x".repeat(10_000);
  const [finding] = schemaFindings("contract", contractWith({}, { [name]: 1 }));
  assert.equal(finding?.where, "");
  assert.ok(finding.message.length < 400);
});

Deno.test("schemaFindings() sees own members only", () => {
  const inherited = Object.create(contractWith({})) as JsonObject;
  assert.equal(schemaFindings("contract", inherited).length, 8);
  const bare = Object.assign(Object.create(null), contractWith({}));
  assert.deepEqual(schemaFindings("contract", bare as JsonObject), []);
});

Deno.test("schemaFindings() takes __proto__ for a member like any other", () => {
  const text = JSON.stringify(contractWith({}));
  const value = JSON.parse(`{"__proto__": {}, ${text.slice(1)}`);
  assert.deepEqual(
    schemaFindings("contract", value).map(({ where }) => where),
    ["/__proto__"],
  );
  const without = JSON.parse(
    text.replace('"intent":"look"', '"__proto__":{"intent":"look"}'),
  );
  assert.deepEqual(
    schemaFindings("contract", without).map(({ where }) => where),
    ["/intent", "/__proto__"],
  );
});

Deno.test("schemaFindings() names the first repeat of any text", () => {
  const policy = {
    policy_schema_version: "csc.policy.v0.1",
    name: "p",
    allow_commands: ["__proto__", "a", "__proto__", "a"],
    allowed_effect_types: ["observe"],
    allowed_risk_classes: ["low"],
    max_timeout_sec: 1,
    network: "deny",
    allow_secret_refs: false,
    allowed_cwd_prefixes: ["/"],
    allowed_read_prefixes: ["/"],
  };
  assert.deepEqual(schemaFindings("policy", policy), [{
    where: "/allow_commands/2",
    message: 'found "__proto__" a second time, expected each item once',
  }]);
});

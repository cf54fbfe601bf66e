import assert from "node:assert/strict";
import { utf8 } from "../../../src/core/bytes.ts";
import { isCscError } from "../../../src/core/errors.ts";
import { parsePolicy } from "../../../src/protocol/policy.ts";
import vectors from "../../vectors/reference.json" with { type: "json" };

const MINIMAL = `policy_schema_version: csc.policy.v0.1
name: minimal
allow_commands: [git]
allowed_effect_types: [observe]
allowed_risk_classes: [low]
max_timeout_sec: 30
network: deny
allow_secret_refs: false
allowed_cwd_prefixes: [/work]
allowed_read_prefixes: [/work]
`;

const MINIMAL_JSON = JSON.stringify({
  policy_schema_version: "csc.policy.v0.1",
  name: "minimal",
  allow_commands: ["git"],
  allowed_effect_types: ["observe"],
  allowed_risk_classes: ["low"],
  max_timeout_sec: 30,
  network: "deny",
  allow_secret_refs: false,
  allowed_cwd_prefixes: ["/work"],
  allowed_read_prefixes: ["/work"],
});

async function refusal(text: string, source = "p.yaml") {
  try {
    await parsePolicy(utf8(text), source);
  } catch (error) {
    assert.ok(isCscError(error), String(error));
    return error;
  }
  return assert.fail("accepted");
}

for (const { name, policy, canonical, policy_sha256 } of vectors.policies) {
  Deno.test(`parsePolicy() hashes as the reference does: ${name}`, async () => {
    const text = JSON.stringify(policy, null, 2);
    const parsed = await parsePolicy(utf8(text), "p.json");
    assert.equal(parsed.canonical, canonical);
    assert.equal(parsed.sha256, policy_sha256);
  });
}

Deno.test("parsePolicy() hashes YAML and JSON of one meaning alike", async () => {
  const yaml = await parsePolicy(utf8(`# comment\n${MINIMAL}`), "p.yaml");
  const json = await parsePolicy(utf8(` \n${MINIMAL_JSON}`), "p.json");
  assert.equal(yaml.canonical, json.canonical);
  assert.equal(yaml.sha256, json.sha256);
});

Deno.test("parsePolicy() fills defaults in, but not into the hash", async () => {
  const { policy, canonical } = await parsePolicy(utf8(MINIMAL), "p.yaml");
  assert.deepEqual(policy.deny_argv_prefixes, []);
  assert.deepEqual(policy.manual_approval_for_classified_effect_types, []);
  assert.equal(policy.require_write_paths_empty, false);
  assert.deepEqual(policy.allowed_write_prefixes, []);
  assert.deepEqual(policy.allowed_egress_hosts, []);
  assert.ok(Object.isFrozen(policy) && Object.isFrozen(policy.allow_commands));
  assert.ok(!canonical.includes("deny_argv_prefixes"));

  const written = `${MINIMAL}deny_argv_prefixes: []\n`;
  const other = await parsePolicy(utf8(written), "p.yaml");
  assert.ok(other.canonical.includes('"deny_argv_prefixes":[]'));
});

Deno.test("parsePolicy() reads a flow mapping that is no JSON as YAML", async () => {
  const flow = `{${MINIMAL.trim().replaceAll("\n", ", ")}}`;
  const { policy } = await parsePolicy(utf8(flow), "p.yaml");
  assert.equal(policy.name, "minimal");
});

const NUMBERS = ["60.0", "6e1", "060", "0x3c", "1:00", "6_0", "+60"];
for (const number of NUMBERS) {
  Deno.test(`parsePolicy() refuses max_timeout_sec: ${number}`, async () => {
    const yaml = await refusal(MINIMAL.replace("30", number));
    assert.equal(yaml.code, "INPUT_MALFORMED");
    assert.match(yaml.message, /line 6, column 18/);
    for (const source of ["p.json", "p.yaml"]) {
      const json = await refusal(MINIMAL_JSON.replace("30", number), source);
      assert.equal(json.code, "INPUT_MALFORMED");
    }
  });
}

Deno.test("parsePolicy() refuses duplicate keys in either format", async () => {
  const yaml = await refusal(`${MINIMAL}name: again\n`);
  assert.match(yaml.message, /line 11, column 1: duplicate key "name"/);
  const twice = MINIMAL_JSON.replace("{", '{"name":"again",');
  for (const source of ["p.json", "p.yaml"]) {
    const json = await refusal(twice, source);
    assert.equal(json.code, "INPUT_MALFORMED");
    assert.match(json.message, /duplicate key "name"/);
  }
});

Deno.test("parsePolicy() refuses another version before all else", async () => {
  const error = await refusal(
    "policy_schema_version: csc.policy.v0.2\njunk: 1\n",
  );
  assert.equal(error.code, "VERSION_UNKNOWN");
});

Deno.test("parsePolicy() reports all findings at once", async () => {
  const text = MINIMAL.replace("deny", "some").replace("[low]", "[]") +
    "x: 1\n";
  const error = await refusal(text);
  assert.equal(error.code, "POLICY_INVALID");
  const pointers = error.details.map((detail) => detail.where).sort();
  assert.deepEqual(pointers, ["/allowed_risk_classes", "/network", "/x"]);
});

Deno.test("parsePolicy() refuses an empty list item", async () => {
  const error = await refusal(MINIMAL.replace("[git]", "\n  - git\n  -\n"));
  assert.equal(error.code, "POLICY_INVALID");
  assert.equal(error.details[0]?.where, "/allow_commands/1");
});

Deno.test("parsePolicy() refuses more than 512 KiB in either format", async () => {
  const padding = `#${"x".repeat(512 * 1024)}\n`;
  assert.equal((await refusal(MINIMAL + padding)).code, "INPUT_UNREADABLE");
  const json = MINIMAL_JSON + " ".repeat(512 * 1024);
  assert.equal((await refusal(json, "p.json")).code, "INPUT_UNREADABLE");
});

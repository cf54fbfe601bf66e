import assert from "node:assert/strict";
import { allowedHint } from "../../../src/decide/allowed.ts";
import { evaluate } from "../../../src/decide/evaluate.ts";
import type { Contract } from "../../../src/protocol/contract.ts";
import type { Policy } from "../../../src/protocol/policy.ts";
import { sampleCommand, sampleContract, samplePolicy } from "./samples.ts";

const command = (changes: Parameters<typeof sampleCommand>[0]) => ({
  commands: [sampleCommand(changes)],
});

const CASES: [
  behaviour: string,
  contract: Partial<Contract>,
  policy: Partial<Policy>,
  code: string,
  hint: string,
][] = [
  [
    "the programs, and the nearest",
    command({ exec: { argv: ["gitt", "status"] } }),
    {},
    "COMMAND_NOT_ALLOWED",
    'The policy has "git", "cat", "curl" in allow_commands; nearest: "git".',
  ],
  [
    "no nearest where nothing is near",
    command({ exec: { argv: ["/usr/sbin/ip"] } }),
    {},
    "COMMAND_NOT_ALLOWED",
    'The policy has "git", "cat", "curl" in allow_commands.',
  ],
  [
    "a long list shortened",
    command({ exec: { argv: ["zzzzzzzz"] } }),
    { allow_commands: [..."abcdefghij"] },
    "COMMAND_NOT_ALLOWED",
    'The policy has "a", "b", "c", "d", "e", "f", "g", "h" and 2 more in allow_commands.',
  ],
  [
    "control characters escaped",
    command({ exec: { argv: ["ls"] } }),
    { allow_commands: ["\u001b[31mred\u202e"] },
    "COMMAND_NOT_ALLOWED",
    'The policy has "\\u001b[31mred\\u202e" in allow_commands.',
  ],
  [
    "the beginnings that are denied",
    command({ exec: { argv: ["git", "push"] } }),
    { deny_argv_prefixes: [["git", "push"]] },
    "ARGV_PREFIX_DENIED",
    'The policy has "git push" in deny_argv_prefixes.',
  ],
  [
    "the risk classes",
    { risk_class: "critical" },
    { allowed_risk_classes: ["low", "medium"] },
    "RISK_CLASS_NOT_ALLOWED",
    'The policy has "low", "medium" in allowed_risk_classes.',
  ],
  [
    "the effects",
    command({ proposed_effect_type: "deploy" }),
    {},
    "EFFECT_TYPE_NOT_ALLOWED",
    'The policy has "observe", "fetch_external" in allowed_effect_types.',
  ],
  [
    "the longest timeout",
    command({ timeout_sec: 31 }),
    {},
    "TIMEOUT_EXCEEDS_POLICY",
    "The policy says max_timeout_sec: 30.",
  ],
  [
    "the network",
    command({ network: "full" }),
    {},
    "NETWORK_EXCEEDS_POLICY",
    'The policy says network: "allowlisted".',
  ],
  [
    "that secrets are not allowed",
    command({ secret_refs: ["token"] }),
    {},
    "SECRET_REF_NOT_ALLOWED",
    "The policy says allow_secret_refs: false.",
  ],
  [
    "the directories, and the nearest",
    command({ cwd: "/srv/b/other" }),
    { allowed_cwd_prefixes: ["/w", "/srv/a", "/srv/b/this"] },
    "CWD_NOT_ALLOWED",
    'The policy has "/w", "/srv/a", "/srv/b/this" in allowed_cwd_prefixes; nearest: "/srv/b/this".',
  ],
  [
    "the read scopes",
    command({ read_paths: ["/etc/**"] }),
    {},
    "READ_SCOPE_DENIED",
    'The policy has "/w" in allowed_read_prefixes.',
  ],
  [
    "that there is no write scope",
    command({ write_paths: ["/w/repo"] }),
    { allowed_write_prefixes: [] },
    "WRITE_SCOPE_DENIED",
    "The policy has nothing in allowed_write_prefixes.",
  ],
  [
    "that write scopes must be empty",
    command({ write_paths: ["/w/repo"] }),
    { require_write_paths_empty: true },
    "WRITE_PATHS_NOT_EMPTY",
    "The policy says require_write_paths_empty: true.",
  ],
  [
    "the list that a relative path would be held to",
    command({ read_paths: ["repo"] }),
    {},
    "PATH_NOT_ABSOLUTE",
    'The policy has "/w" in allowed_read_prefixes.',
  ],
];

for (const [behaviour, changes, rules, code, hint] of CASES) {
  Deno.test(`allowedHint() tells ${behaviour}: ${code}`, () => {
    const [contract, policy] = [sampleContract(changes), samplePolicy(rules)];
    const decision = evaluate({
      contract,
      contractSha256: "0".repeat(64),
      policy,
      now: 0,
    });
    assert.deepEqual(decision.reason_codes, [code]);
    assert.equal(allowedHint(contract, policy), hint);
  });
}

Deno.test("allowedHint() has nothing to say of an allowed contract", () => {
  assert.equal(allowedHint(sampleContract(), samplePolicy()), undefined);
});

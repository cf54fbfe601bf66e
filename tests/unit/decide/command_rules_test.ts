import assert from "node:assert/strict";
import { checkArgv } from "../../../src/decide/argv_rules.ts";
import { classify } from "../../../src/decide/classify.ts";
import {
  checkEffectApproval,
  checkProposedEffect,
} from "../../../src/decide/effects.ts";
import { checkNetwork } from "../../../src/decide/network.ts";
import { checkSecrets } from "../../../src/decide/secrets.ts";
import { checkTimeout } from "../../../src/decide/timeout.ts";
import type { Effect, Network } from "../../../src/protocol/contract.ts";
import { sampleCommand, samplePipeline, samplePolicy } from "./samples.ts";

const ARGV_POLICY = samplePolicy({
  allow_commands: ["git", "python3"],
  deny_argv_prefixes: [["python3", "-c"], ["git", "push", "--force"]],
});

const ARGV_CASES: [behaviour: string, argv: string[], codes: string[]][] = [
  ["allows a listed program", ["git", "log"], []],
  ["denies an unlisted one", ["bash"], ["COMMAND_NOT_ALLOWED"]],
  ["compares case", ["Git"], ["COMMAND_NOT_ALLOWED"]],
  ["knows no paths", ["/usr/bin/git"], ["COMMAND_NOT_ALLOWED"]],
  ["denies a prefix", ["python3", "-c", "1"], ["ARGV_PREFIX_DENIED"]],
  ["denies a prefix alone", ["python3", "-c"], ["ARGV_PREFIX_DENIED"]],
  ["allows part of a prefix", ["git", "push"], []],
  ["compares whole elements", ["python3", "-cx"], []],
  ["compares from the start", ["git", "x", "push", "--force"], []],
];

for (const [behaviour, argv, codes] of ARGV_CASES) {
  Deno.test(`checkArgv() ${behaviour}: ${JSON.stringify(argv)}`, () => {
    const found = checkArgv(sampleCommand({ exec: { argv } }), ARGV_POLICY);
    assert.deepEqual(found.map(({ code }) => code), codes);
  });
}

Deno.test("checkArgv() goes through the segments in order", () => {
  const command = samplePipeline([["git"], ["python3", "-c"], ["sh"]]);
  assert.deepEqual(checkArgv(command, ARGV_POLICY).map(({ code }) => code), [
    "ARGV_PREFIX_DENIED",
    "COMMAND_NOT_ALLOWED",
  ]);
});

const MEANT: [program: string, advice: RegExp][] = [
  ["git push", /allow_commands; did you mean 2 elements, "git", "push"\?$/],
  ["rm x && ls", /did you mean 3 elements, "sh", "-c", "rm x && ls"\?$/],
  ["echo 'a b'", /did you mean 3 elements, "sh", "-c", "echo 'a b'"\?$/],
  ["bash", /allow_commands$/],
];
for (const [program, advice] of MEANT) {
  Deno.test(`checkArgv() advises on ${JSON.stringify(program)}`, () => {
    const command = sampleCommand({ exec: { argv: [program] } });
    assert.match(checkArgv(command, ARGV_POLICY)[0]?.problem ?? "", advice);
  });
}

const EGRESS = samplePolicy({
  allowed_egress_hosts: ["api.stripe.test", "a.b"],
});

const CLASSES: [
  behaviour: string,
  segments: string[][],
  proposed: Effect,
  effect: string,
][] = [
  ["lets the proposal stand", [["cat", "x"]], "deploy", "deploy"],
  ["knows curl", [["curl", "x"]], "observe", "fetch_external"],
  ["knows curl by its exact name", [["/bin/curl", "x"]], "observe", "observe"],
  [
    "knows payments",
    [["curl", "https://api.stripe.test/v1"]],
    "fetch_external",
    "financial_action",
  ],
  [
    "needs the host to be allowed",
    [["curl", "https://stripe.example/v1"]],
    "observe",
    "fetch_external",
  ],
  ["needs the host to say so", [["curl", "a.b"]], "observe", "fetch_external"],
  [
    "finds a host across elements",
    [["curl", "--url", "api.stripe.test"]],
    "observe",
    "financial_action",
  ],
  [
    "knows no case in hosts",
    [["curl", "API.Stripe.TEST"]],
    "observe",
    "financial_action",
  ],
  [
    "looks at every segment",
    [["cat"], ["cat"], ["curl", "api.stripe.test"]],
    "observe",
    "financial_action",
  ],
  [
    "takes the strongest",
    [["curl", "api.stripe.test"], ["curl", "x"], ["cat"]],
    "touch_secrets",
    "financial_action",
  ],
  ["ranks the six effects", [["curl"], ["cat"]], "mutate_repo", "mutate_repo"],
  [
    "ranks fetching above transforming",
    [["cat"], ["curl"]],
    "transform_local",
    "fetch_external",
  ],
];

for (const [behaviour, segments, proposed_effect_type, effect] of CLASSES) {
  Deno.test(`classify() ${behaviour}: ${JSON.stringify(segments)}`, () => {
    const [argv] = segments;
    const command = segments.length === 1 && argv !== undefined
      ? sampleCommand({ exec: { argv }, proposed_effect_type })
      : samplePipeline(segments, { proposed_effect_type });
    assert.equal(classify(command, EGRESS).effect, effect);
  });
}

Deno.test("checkEffectApproval() sees what a stronger effect would hide", () => {
  const command = samplePipeline([["cat"], ["curl"]], {
    proposed_effect_type: "touch_secrets",
  });
  const policy = samplePolicy({
    manual_approval_for_classified_effect_types: ["fetch_external"],
  });
  const found = checkEffectApproval(command, classify(command, policy), policy);
  assert.deepEqual(found.map(({ code, subject }) => [code, subject]), [
    ["APPROVAL_REQUIRED", "fetch_external"],
  ]);
});

Deno.test("checkProposedEffect() denies what the policy does not list", () => {
  const policy = samplePolicy({ allowed_effect_types: ["observe"] });
  const codes = (proposed_effect_type: Effect) =>
    checkProposedEffect(sampleCommand({ proposed_effect_type }), policy)
      .map(({ code }) => code);
  assert.deepEqual(codes("observe"), []);
  assert.deepEqual(codes("deploy"), ["EFFECT_TYPE_NOT_ALLOWED"]);
});

const NETWORKS: Network[] = ["deny", "allowlisted", "full"];
for (const [granted, network] of NETWORKS.entries()) {
  for (const [asked, wanted] of NETWORKS.entries()) {
    Deno.test(`checkNetwork() under ${network} judges ${wanted}`, () => {
      const found = checkNetwork(
        sampleCommand({ network: wanted }),
        samplePolicy({ network }),
      );
      const expected = asked > granted ? ["NETWORK_EXCEEDS_POLICY"] : [];
      assert.deepEqual(found.map(({ code }) => code), expected);
    });
  }
}

Deno.test("checkTimeout() allows the limit and nothing above", () => {
  const policy = samplePolicy({ max_timeout_sec: 30 });
  assert.deepEqual(
    checkTimeout(sampleCommand({ timeout_sec: 30 }), policy),
    [],
  );
  assert.equal(
    checkTimeout(sampleCommand({ timeout_sec: 31 }), policy)[0]?.code,
    "TIMEOUT_EXCEEDS_POLICY",
  );
});

Deno.test("checkSecrets() denies each reference unless they are allowed", () => {
  const command = sampleCommand({ secret_refs: ["a", "b"] });
  const found = checkSecrets(command, samplePolicy());
  assert.deepEqual(found.map(({ code, subject }) => [code, subject]), [
    ["SECRET_REF_NOT_ALLOWED", "a"],
    ["SECRET_REF_NOT_ALLOWED", "b"],
  ]);
  const policy = samplePolicy({ allow_secret_refs: true });
  assert.deepEqual(checkSecrets(command, policy), []);
  assert.deepEqual(checkSecrets(sampleCommand(), samplePolicy()), []);
});

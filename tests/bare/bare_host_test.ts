/**
 * The one file on a host that has next to nothing: glibc, libgcc_s and csc. No
 * HOME, no environment, a read-only root, a /tmp that executes nothing, an
 * unprivileged user, no network (enter.c). The kernel's /proc and /dev are
 * there, as on every host and in every container.
 */
import assert from "node:assert/strict";
import { type BareHost, makeBareHost } from "./host.ts";

const root = Deno.uid() === 0;
if (!root) {
  console.log("SKIPPED bare host: making another root directory takes root");
}

const CONTRACT = {
  version: "csc.v0.1",
  contract_id: "bare-host-001",
  intent: "greet from a host that has nothing",
  actor: {
    agent_id: "bare",
    session_id: "bare",
    initiating_user: "bare",
    delegation_scope: "bare",
  },
  commands: [{
    id: "cmd_1",
    exec: { argv: ["/data/work/greet", "/data/work/greeting"] },
    cwd: "/data/work",
    read_paths: ["/data/work/**"],
    write_paths: ["/data/work/**"],
    network: "deny",
    env_allow: [],
    secret_refs: [],
    timeout_sec: 10,
    proposed_effect_type: "transform_local",
  }],
  risk_class: "low",
  approval_mode: "policy_only",
  justification: "shows that csc brings all that it needs",
};

const POLICY = {
  policy_schema_version: "csc.policy.v0.1",
  name: "bare",
  allow_commands: ["/data/work/greet", "greet"],
  allowed_effect_types: ["observe", "transform_local"],
  allowed_risk_classes: ["low"],
  max_timeout_sec: 60,
  network: "deny",
  allow_secret_refs: false,
  allowed_cwd_prefixes: ["/data/work"],
  allowed_read_prefixes: ["/data/work"],
  allowed_write_prefixes: ["/data/work"],
};

const DOCUMENTS = ["/data/contract.json", "/data/policy.json"];
const RECEIPT = "/data/receipts/receipt.json";

async function onBareHost(body: (host: BareHost) => Promise<void>) {
  const host = await makeBareHost();
  try {
    await host.write("contract.json", JSON.stringify(CONTRACT));
    await host.write("policy.json", JSON.stringify(POLICY));
    await host.write("config.yaml", "state_dir: /data/state\n");
    await body(host);
  } finally {
    await host.remove();
  }
}

/** Runs csc there and fails with all that it said unless it ended in `code`. */
async function csc(host: BareHost, args: readonly string[], code = 0) {
  const ended = await host.csc(args);
  assert.equal(ended.code, code, `csc ${args.join(" ")}: ${ended.stderr}`);
  return ended;
}

Deno.test({
  name: "bare host: keygen, check, run in hardened mode, verify-receipt",
  ignore: !root,
  fn: () =>
    onBareHost(async (host) => {
      await csc(host, ["keygen", "--out", "/data/keys", "--key-id", "bare"]);
      const checked = await csc(host, ["check", ...DOCUMENTS, "--json"]);
      assert.equal(JSON.parse(checked.stdout).decision, "allow");
      const ran = await csc(host, [
        ...["run", ...DOCUMENTS, "--mode", "hardened", "--sign"],
        ...["--signing-key", "/data/keys/bare.key", "--key-id", "bare"],
        ...["--receipt-out", RECEIPT, "--state-dir", "/data/state"],
      ]);
      assert.equal(ran.stdout, "greetings\n");
      assert.equal(await host.read("work/greeting"), "greetings\n");
      const receipt = JSON.parse(await host.read("receipts/receipt.json"));
      assert.equal(receipt.status, "success");
      assert.match(receipt.sandbox_profile_id, /;evidence=sha256:[0-9a-f]{64}/);
      const verify = [
        ...["verify-receipt", RECEIPT, "--key-id", "bare"],
        ...["--public-key", "/data/keys/bare.pub"],
        ...["--evidence", `${RECEIPT}.evidence.json`],
      ];
      assert.match((await csc(host, verify)).stdout, /^valid:/);
      // The same file with one bit of its content changed.
      await host.write(
        "receipts/receipt.json",
        JSON.stringify({ ...receipt, status: "failed" }),
      );
      assert.match((await csc(host, verify, 1)).stdout, /^invalid/);
    }),
});

Deno.test({
  name: "bare host: doctor calls nothing missing that a run does without",
  ignore: !root,
  fn: () =>
    onBareHost(async (host) => {
      const { stdout } = await csc(
        host,
        ["doctor", "--json", "--config", "/data/config.yaml"],
      );
      const { works, findings } = JSON.parse(stdout);
      assert.ok(works, stdout);
      const trial = findings.find(({ id }: { id: string }) => id === "trial");
      assert.equal(trial.standing, "note");
    }),
});

Deno.test({
  name: "bare host: csc leaves nothing outside the directories it was given",
  ignore: !root,
  fn: () =>
    onBareHost(async (host) => {
      const before = await host.files();
      await csc(host, ["version"]);
      await csc(host, ["check", ...DOCUMENTS]);
      assert.deepEqual(await host.files(), before);
    }),
});

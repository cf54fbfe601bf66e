import assert from "node:assert/strict";
import { utf8 } from "../../../src/core/bytes.ts";
import { loadSigner } from "../../../src/sign/file_signer.ts";
import { makeKeyring } from "../../../src/sign/keyring.ts";
import { trusted } from "../sign/trusted.ts";
import { verifyReceipt } from "../../../src/receipt/verify.ts";
import { NO_RECORDS } from "../../../src/log/run_records.ts";
import { command, request, result, stream } from "./fakes.ts";
import { perform } from "./perform.ts";

const TWO = [command("one"), command("two")];
const EMPTY =
  "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const DENIED = { risk_class: "critical" };

Deno.test("runContract() runs every command and says success", async () => {
  const { receipt, ending, evidence, binding } = await perform(
    {},
    request(TWO),
  );
  assert.equal(ending.verdict, "success");
  assert.equal(receipt.status, "success");
  assert.equal(receipt.exit_code, 0);
  assert.equal(receipt.error, "");
  assert.deepEqual(receipt.completed_command_ids, ["one", "two"]);
  assert.equal(receipt.failed_command_id, undefined);
  assert.equal(receipt.stdout_hash, `sha256:${(await stream("out\n")).sha256}`);
  assert.equal(receipt.stderr_hash, EMPTY);
  assert.equal(receipt.runner_version, "csc/1.2.3");
  assert.equal(receipt.policy_schema_version, "csc.policy.v0.1");
  assert.match(receipt.execution_id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/);
  assert.ok(!("stdout_truncated" in receipt) && !("signature" in receipt));
  assert.equal(binding?.name, "fake");
  assert.equal(evidence.execution_id, receipt.execution_id);
  assert.equal(evidence.log, "required");
  assert.equal(evidence.key_custody, "caller");
  assert.deepEqual(evidence.commands[1].stdout, {
    bytes: 4,
    captured: 4,
    sha256: (await stream("out\n")).sha256,
    truncated: false,
  });
});

Deno.test("runContract() intends before it runs, and writes last", async () => {
  const { journal } = await perform({}, request(TWO));
  assert.deepEqual(journal, [
    "prepare, sealed /out/r.json /keys/key",
    "intend",
    "run one",
    "run two",
    "close",
    "write receipt",
    "record",
  ]);
});

Deno.test("runContract() stops at the first failure", async () => {
  const { receipt, journal, ending } = await perform({
    run: async (one) =>
      one.id === "two"
        ? await result(3, { stderr: await stream("no such file\n") })
        : await result(0),
  }, request([...TWO, command("three")]));
  assert.equal(ending.verdict, "failed");
  assert.equal(receipt.status, "failed");
  assert.equal(receipt.exit_code, 3);
  assert.equal(receipt.failed_command_id, "two");
  assert.deepEqual(receipt.completed_command_ids, ["one"]);
  assert.equal(receipt.error, "no such file\n");
  assert.ok(!journal.includes("run three"));
});

Deno.test("runContract() quotes why a command did not run to its end", async () => {
  const { receipt } = await perform({
    run: async () =>
      await result(124, {
        timedOut: true,
        error: "command timed out after 10 seconds",
        stderr: await stream("half a wo"),
      }),
  }, request());
  assert.equal(receipt.exit_code, 124);
  assert.equal(receipt.error, "command timed out after 10 seconds");
});

Deno.test("runContract() says which streams were truncated", async () => {
  const { receipt } = await perform({
    run: async () => await result(0, { stdout: await stream("x", true) }),
  }, request());
  assert.equal(receipt.stdout_truncated, true);
  assert.ok(!("stderr_truncated" in receipt));
});

Deno.test("runContract() states effects in hardened mode only", async () => {
  const hardened = await perform({ mode: "hardened" }, request());
  assert.deepEqual(hardened.receipt.effect_summary, {
    network_used: false,
    secrets_used: 0,
  });
  assert.equal(hardened.receipt.execution_mode, "hardened");
  const local = await perform({ mode: "local" }, request());
  assert.equal(local.receipt.effect_summary, undefined);
});

Deno.test("runContract() writes into the evidence that logging is off", async () => {
  const { ending, evidence, journal } = await perform({}, request(), {
    openRecords: () => NO_RECORDS,
  });
  assert.equal(ending.verdict, "success");
  assert.equal(evidence.log, "off");
  assert.equal(journal[0], "prepare, sealed /out/r.json /keys/key");
});

Deno.test("runContract() signs what the verifier accepts, evidence included", async () => {
  const signer = await loadSigner(new Uint8Array(32).fill(7), "k1", "seed");
  for (const more of [{}, DENIED]) {
    const { receipt, written } = await perform({}, request(TWO, more), {
      signer,
    });
    assert.equal(receipt.signing_key_id, "k1");
    const verdict = await verifyReceipt(
      JSON.parse(written.receipt),
      makeKeyring([await trusted(signer)]),
      utf8(written.evidence),
    );
    assert.deepEqual([verdict.valid, verdict.code], [true, "VALID"]);
  }
});

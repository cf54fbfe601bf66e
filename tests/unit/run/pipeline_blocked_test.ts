import assert from "node:assert/strict";
import { type ErrorCode, isCscError } from "../../../src/core/errors.ts";
import { utf8 } from "../../../src/core/bytes.ts";
import { runContract } from "../../../src/run/pipeline.ts";
import { command, NOW, refusal, request, result, world } from "./fakes.ts";
import { perform } from "./perform.ts";

const TWO = [command("one"), command("two")];
const DENIED = { risk_class: "critical" };

Deno.test("runContract() gives a denied contract a receipt and runs nothing", async () => {
  const { receipt, ending, journal, binding, evidence } = await perform(
    {},
    request(TWO, DENIED),
  );
  assert.equal(ending.verdict, "blocked");
  assert.equal(receipt.status, "blocked");
  assert.match(receipt.error ?? "", /RISK_CLASS_NOT_ALLOWED/);
  assert.equal(receipt.exit_code, undefined);
  assert.deepEqual(receipt.completed_command_ids, []);
  assert.equal(binding?.name, "none");
  assert.equal(evidence.decision.decision, "deny");
  assert.deepEqual(journal, ["write receipt", "record"]);
});

Deno.test("runContract() says expired when the decision ran out", async () => {
  let now = NOW;
  const { receipt, ending, journal } = await perform(
    { prepare: () => now = NOW + 24 * 3600_000 },
    request(),
    { clock: { now: () => now, monotonic: () => 0 } },
  );
  assert.equal(ending.verdict, "expired");
  assert.equal(receipt.status, "expired");
  assert.ok(!journal.includes("run one"));
});

const BLOCKING: [code: ErrorCode, exitCode: number | undefined][] = [
  ["PATH_ESCAPE", 126],
  ["SCOPE_UNAVAILABLE", undefined],
  ["SANDBOX_UNAVAILABLE", undefined],
  ["NOT_ENFORCEABLE", undefined],
];
for (const [code, exitCode] of BLOCKING) {
  Deno.test(`runContract() blocks when planning ends in ${code}`, async () => {
    const { receipt, ending, journal } = await perform({
      prepare: () => {
        throw refusal(code);
      },
    }, request());
    assert.equal(receipt.status, "blocked");
    assert.equal(receipt.exit_code, exitCode);
    assert.equal(receipt.error, `refused: ${code}`);
    assert.equal(ending.hint, "Try again.");
    assert.ok(!journal.includes("intend"));
  });
}

Deno.test("runContract() blocks midway and lists what completed", async () => {
  const { receipt, journal, evidence } = await perform({
    run: (one) =>
      one.id === "two" ? Promise.reject(refusal("PATH_ESCAPE")) : result(0),
  }, request(TWO));
  assert.equal(receipt.status, "blocked");
  assert.equal(receipt.exit_code, 126);
  assert.deepEqual(receipt.completed_command_ids, ["one"]);
  assert.equal(evidence.commands.length, 1);
  assert.ok(journal.includes("close"));
});

Deno.test("runContract() accounts for a defect of csc too", async () => {
  const { receipt, ending } = await perform({
    run: () => Promise.reject(new TypeError("x is not a function")),
  }, request());
  assert.equal(receipt.status, "blocked");
  assert.match(receipt.error ?? "", /^internal error: x is not a function$/);
  assert.match(ending.hint ?? "", /defect of csc/);
});

Deno.test("runContract() starts nothing without records", async () => {
  const { receipt, journal, warnings } = await perform({}, request(), {
    openRecords: () => {
      throw refusal("STATE_UNAVAILABLE");
    },
  });
  assert.equal(receipt.status, "blocked");
  assert.deepEqual(journal, ["write receipt"]);
  // Said once, as the reason for the block, and not again as a warning.
  assert.match(receipt.error ?? "", /./);
  assert.deepEqual(warnings, []);
});

Deno.test("runContract() starts nothing when the intent cannot be recorded", async () => {
  const { receipt, journal } = await perform({}, request(), {
    openRecords: () => ({
      setting: "required",
      directory: "/state",
      intend: () => {
        throw refusal("STATE_UNAVAILABLE");
      },
      conclude: () => {},
    }),
  });
  assert.equal(receipt.status, "blocked");
  assert.ok(!journal.includes("run one"));
  assert.ok(journal.includes("close"));
});

Deno.test("runContract() starts nothing where no receipt can be written", async () => {
  const { deps, journal } = world({}, {
    openOutput: () => {
      throw refusal("STATE_UNAVAILABLE");
    },
  });
  await assert.rejects(runContract(request(), deps), isCscError);
  assert.deepEqual(journal, []);
});

Deno.test("runContract() records a run whose receipt cannot be written", async () => {
  const { deps, journal } = world({}, {
    openOutput: () => ({
      places: ["/out/r.json"],
      path: "r.json",
      write: () => {
        throw refusal("STATE_UNAVAILABLE");
      },
    }),
  });
  await assert.rejects(runContract(request(), deps), isCscError);
  assert.equal(journal.at(-1), "record");
});

for (
  const [what, change] of [
    ["contract", { contract: { bytes: utf8("{"), source: "c" } }],
    ["policy", { policy: { bytes: utf8("{"), source: "p" } }],
  ] as const
) {
  Deno.test(`runContract() has no receipt for a broken ${what}`, async () => {
    const { deps, journal, written } = world();
    await assert.rejects(
      runContract({ ...request(), ...change }, deps),
      isCscError,
    );
    assert.deepEqual([journal, written], [[], []]);
  });
}

for (
  const [what, more] of [
    ["allows", {}],
    ["denies", { risk_class: "high" }],
    ["sends for approval", { approval_mode: "human_required" }],
  ] as const
) {
  Deno.test(`runContract() blocks a policy that is not accepted, which ${what}`, async () => {
    const { deps, journal, written } = world({}, {
      acceptPolicy(policy) {
        assert.equal(policy.policy.name, "test-policy");
        throw refusal("POLICY_REFUSED");
      },
    });
    const outcome = await runContract(request([command("one")], more), deps);
    assert.equal(outcome.ending.verdict, "blocked");
    assert.equal(outcome.ending.error, "refused: POLICY_REFUSED");
    assert.equal(JSON.parse(written[0]?.receipt ?? "").status, "blocked");
    assert.deepEqual(journal, ["write receipt", "record"]);
  });
}

import assert from "node:assert/strict";
import { NO_RECORDS } from "../../../src/log/run_records.ts";
import { runContract } from "../../../src/run/pipeline.ts";
import { command, NOW, request, world } from "./fakes.ts";
import { approvalFor, perform } from "./perform.ts";

const TWO = [command("one"), command("two")];
const DENIED = { risk_class: "critical" };
const DUAL = { approval_mode: "dual_control_required" };
const HUMAN = { approval_mode: "human_required" };

Deno.test("runContract() never reads the approval of a denied contract", async () => {
  const { ending } = await perform(
    {},
    request(TWO, DENIED, () => assert.fail("it was read")),
  );
  assert.match(ending.error, /RISK_CLASS_NOT_ALLOWED/);
});

Deno.test("runContract() asks for an approval where the policy does", async () => {
  const { receipt, ending, journal } = await perform({}, request(TWO, HUMAN));
  assert.equal(ending.verdict, "needs_approval");
  assert.equal(receipt.status, "blocked");
  assert.deepEqual(journal, ["write receipt", "record"]);
});

Deno.test("runContract() uses an approval up between intent and start", async () => {
  const what = request([command("one")], HUMAN);
  const { ending, journal, evidence } = await perform({}, {
    ...what,
    approval: await approvalFor(what),
  });
  assert.equal(ending.verdict, "success");
  assert.deepEqual(journal.slice(2, 5), [
    "intend",
    "consume approval-1",
    "run one",
  ]);
  assert.equal(evidence.approval.authenticated, false);
  assert.equal(evidence.approval.consumed, true);
  assert.equal(evidence.approval.artifact.approval_id, "approval-1");
});

Deno.test("runContract() uses an approval up that nobody asked for", async () => {
  const what = request();
  const { journal } = await perform({}, {
    ...what,
    approval: await approvalFor(what),
  });
  assert.ok(journal.includes("consume approval-1"));
});

Deno.test("runContract() uses no approval up that holds for a time window", async () => {
  const what = request([command("one")], HUMAN);
  const { ending, journal, evidence } = await perform({}, {
    ...what,
    approval: await approvalFor(what, { scope: "time_window" }),
  });
  assert.equal(ending.verdict, "success");
  assert.ok(!journal.some((entry) => entry.startsWith("consume")));
  assert.equal(evidence.approval.consumed, false);
});

Deno.test("runContract() refuses an approval that was used before", async () => {
  const what = request([command("one")], HUMAN);
  const approval = await approvalFor(what);
  const { deps, journal } = world();
  await runContract({ ...what, approval }, deps);
  journal.length = 0;
  const { ending, receipt } = await runContract({ ...what, approval }, deps);
  assert.equal(ending.verdict, "blocked");
  assert.match(receipt.error ?? "", /used before/);
  assert.ok(!journal.includes("run one"));
});

for (
  const [what, more] of [
    ["expired", { expires_at: "2026-06-01T12:00:00Z" }],
    ["is for another contract", { contract_sha256: "0".repeat(64) }],
    ["is no approval", { scope: "for ever" }],
  ] as const
) {
  Deno.test(`runContract() blocks when the approval ${what}`, async () => {
    const subject = request([command("one")], HUMAN);
    const { ending, receipt, journal } = await perform({}, {
      ...subject,
      approval: await approvalFor(subject, more),
    });
    assert.equal(ending.verdict, "blocked");
    assert.equal(receipt.status, "blocked");
    assert.deepEqual(journal, ["write receipt", "record"]);
  });
}

Deno.test("runContract() blocks when an approval runs out while planning", async () => {
  const what = request([command("one")], HUMAN);
  let now = NOW;
  const { ending, journal } = await perform(
    { prepare: () => now = NOW + 60_000 },
    {
      ...what,
      approval: await approvalFor(what, { expires_at: "2026-06-01T12:00:30Z" }),
    },
    { clock: { now: () => now, monotonic: () => 0 } },
  );
  assert.equal(ending.verdict, "blocked");
  assert.match(ending.error, /expired/);
  assert.ok(!journal.includes("run one"));
  assert.ok(!journal.includes("consume approval-1"));
});

Deno.test("runContract() opens the store of approvals before it plans", async () => {
  const what = request([command("one")], HUMAN);
  const { journal } = await perform({}, {
    ...what,
    approval: await approvalFor(what),
  }, { openRecords: () => NO_RECORDS });
  assert.deepEqual(journal.slice(0, 2), [
    "open approvals",
    "prepare, sealed /out/r.json /keys/key",
  ]);
});

Deno.test("runContract() takes no single approval for dual control", async () => {
  const subject = request([command("one")], DUAL);
  for (const scope of ["single_execution", "time_window"]) {
    const { ending, receipt, journal, evidence } = await perform({}, {
      ...subject,
      approval: await approvalFor(subject, { scope }),
    });
    assert.equal(ending.verdict, "blocked");
    assert.equal(receipt.status, "blocked");
    assert.match(
      receipt.error ?? "",
      /approval-1.*dual control: two approvals/,
    );
    assert.equal(evidence.approval, null);
    assert.deepEqual(journal, ["write receipt", "record"]);
  }
});

Deno.test("runContract() promises no way out to a contract with dual control", async () => {
  const { ending } = await perform({}, request([command("one")], DUAL));
  assert.equal(ending.verdict, "needs_approval");
  assert.doesNotMatch(ending.hint ?? "", /--approval/);
});

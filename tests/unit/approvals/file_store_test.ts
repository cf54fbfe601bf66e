import assert from "node:assert/strict";
import { createFileApprovalStore } from "../../../src/approvals/file_store.ts";
import type { Approval } from "../../../src/protocol/approval.ts";
import { MemoryDirectory } from "../run/fakes.ts";

const APPROVAL = { approval_id: "a-1", scope: "single_execution" } as Approval;
const USE = {
  approval: APPROVAL,
  contractSha256: "ab".repeat(32),
  executionId: "run-1",
  at: "2026-01-01T00:00:00.000Z",
};

function store(held = new MemoryDirectory()) {
  let opened = 0;
  const made = createFileApprovalStore(() => {
    opened++;
    return held;
  });
  return { made, held, opened: () => opened };
}

Deno.test("consume() succeeds once, whoever asks", async () => {
  const { made, held } = store();
  assert.equal(await made.consume(USE), true);
  assert.equal(await made.consume(USE), false);
  const other = store(held).made;
  assert.equal(await other.consume({ ...USE, executionId: "run-2" }), false);
  assert.equal(held.files.size, 1);
});

Deno.test("consume() tells approvals and contracts apart", async () => {
  const { made, held } = store();
  const uses = [
    USE,
    { ...USE, contractSha256: "cd".repeat(32) },
    { ...USE, approval: { ...APPROVAL, approval_id: "a-2" } },
    { ...USE, approval: { ...APPROVAL, approval_id: "../../etc/passwd\n" } },
  ];
  for (const use of uses) assert.equal(await made.consume(use), true);
  for (const name of held.files.keys()) assert.match(name, /^[0-9a-f]{64}$/);
});

Deno.test("consume() says which run used the approval", async () => {
  const { made, held } = store();
  await made.consume(USE);
  assert.deepEqual(JSON.parse([...held.files.values()][0] ?? ""), {
    approval_id: "a-1",
    consumed_at: "2026-01-01T00:00:00.000Z",
    consumption_version: "csc.consumption.v0.1",
    contract_sha256: "ab".repeat(32),
    execution_id: "run-1",
  });
});

Deno.test("createFileApprovalStore() opens nothing until it is needed, then once", async () => {
  const { made, opened } = store();
  assert.equal(opened(), 0);
  made.open();
  assert.equal(opened(), 1);
  await made.consume(USE);
  assert.equal(opened(), 1);
});

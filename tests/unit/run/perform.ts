/**
 * Runs a contract against fakes, and approves one.
 *
 * @module
 */
import assert from "node:assert/strict";
import { utf8 } from "../../../src/core/bytes.ts";
import { sha256Hex } from "../../../src/core/digest.ts";
import { checkReceipt } from "../../../src/protocol/receipt.ts";
import { parseBinding } from "../../../src/receipt/evidence_binding.ts";
import { judge } from "../../../src/run/account.ts";
import type { RunDeps, RunRequest } from "../../../src/run/deps.ts";
import { runContract } from "../../../src/run/pipeline.ts";
import { NOW, type Script, world } from "./fakes.ts";

/** Runs, and checks what holds for every receipt and its evidence. */
export async function perform(
  script: Script,
  what: RunRequest,
  more: Partial<RunDeps> = {},
) {
  const { deps, journal, written } = world(script, more);
  const outcome = await runContract(what, deps);
  assert.equal(written.length, 1);
  const { evidence, receipt } = written[0]!;
  assert.equal(receipt, outcome.receiptText);
  assert.ok(receipt.endsWith("}\n") && evidence.endsWith("}\n"));
  assert.deepEqual(checkReceipt(JSON.parse(receipt)), []);
  const binding = parseBinding(outcome.receipt.sandbox_profile_id ?? "");
  assert.equal(
    binding?.evidenceSha256,
    await sha256Hex(utf8(evidence.trimEnd())),
  );
  const { status } = outcome.receipt;
  if (status === "blocked" || status === "expired") {
    for (
      const name of [
        "stdout_hash",
        "stderr_hash",
        "artifacts",
        "effect_summary",
      ]
    ) {
      assert.ok(!(name in outcome.receipt), name);
    }
  }
  return {
    ...outcome,
    journal,
    written: written[0]!,
    evidence: JSON.parse(evidence),
    binding,
  };
}

/** An approval of the contract, as `--approval` would read it. */
export async function approvalFor(
  what: RunRequest,
  more: Record<string, unknown> = {},
): Promise<NonNullable<RunRequest["approval"]>> {
  const { contractSha256 } = await judge(what, NOW);
  const artifact = {
    approval_version: "csc.approval.v0.1",
    approval_id: "approval-1",
    contract_sha256: contractSha256.toUpperCase(),
    approver: { identity: "eve", method: "cli" },
    approved_at: "2026-06-01T11:00:00Z",
    expires_at: "2026-06-01T13:00:00Z",
    scope: "single_execution",
    ...more,
  };
  return () => ({ bytes: utf8(JSON.stringify(artifact)), source: "a.json" });
}

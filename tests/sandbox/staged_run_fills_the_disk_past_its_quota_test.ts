import assert from "node:assert/strict";
import { attackTest } from "./harness.ts";
import { runStaged } from "./staged.ts";

const CONFIG = "sandbox:\n  staged_mb: 8\n";
const MIB = 1024 * 1024;

attackTest(
  "a staged run that takes more than staged_mb is ended and fails",
  async (place) => {
    const fill = "i=0; while [ $i -lt 200 ]; do " +
      "head -c 1048576 /dev/zero > f$i; i=$((i+1)); sleep 0.02; done";
    const bare = await place.bare([
      "sh",
      "-c",
      "head -c 16777216 /dev/zero > f",
    ]);
    assert.equal(bare.code, 0, bare.stderr);
    await Deno.remove(`${place.write}/f`);

    const slow = await runStaged(place, fill, { config: CONFIG });
    assert.equal(slow.receipt?.status, "failed", slow.stderr);
    assert.equal(slow.receipt?.exit_code, 137);
    assert.match(slow.receipt?.error ?? "", /staged_mb/);
    assert.ok(
      usedBytes(slow.evidence) < 100 * MIB,
      "ended long before its end",
    );

    // Faster than any look at its size: it has not succeeded all the same.
    const fast = await runStaged(place, "head -c 16777216 /dev/zero > f", {
      config: CONFIG,
    });
    assert.equal(fast.receipt?.status, "failed", fast.stderr);
    assert.match(fast.receipt?.error ?? "", /staged_mb/);
    assert.ok(usedBytes(fast.evidence) >= 16 * MIB);

    const small = await runStaged(place, "head -c 1048576 /dev/zero > f", {
      config: CONFIG,
    });
    assert.equal(small.receipt?.status, "success", small.stderr);
  },
  { cscOnly: "stages nothing" },
);

function usedBytes(evidence: Record<string, unknown> | null): number {
  const staged = evidence?.["staged"] as { quota: { used_bytes: number } };
  return staged.quota.used_bytes;
}

import assert from "node:assert/strict";
import {
  assertPossible,
  assertRan,
  assertRefusedOrKilled,
} from "./assertions.ts";
import { admitNotStopped, attackTest, skipSecurityTest } from "./harness.ts";

/**
 * Shared mappings and several processes are what a limit per process misses.
 * Only a cgroup counts them. Where none is to be had (an unprivileged caller
 * without delegation) the evidence may not claim one.
 */
for (const kind of ["shared", "spread"]) {
  attackTest(`${kind} memory of a run does not exceed 1 GiB`, async (place) => {
    const argv = ["memory-bomb", kind, "1536"];
    assertPossible(await place.bareAttack(...argv), "touch memory");

    const confined = await place.confinedAttack(...argv);
    if (confined.subject !== "csc") {
      assertRefusedOrKilled(confined, "touch memory");
      return;
    }
    assertRan(confined, confined.receipt?.exit_code === 0 ? 0 : 137);
    if (claimsMemoryCgroup(confined.evidence)) {
      assertRefusedOrKilled(confined, "touch memory");
    } else if (place.caller.name === "root") {
      skipSecurityTest("csc has no memory cgroup here, and says so");
    } else {
      admitNotStopped("no cgroup without delegation");
    }
  });
}

interface Limit {
  readonly limit: string;
  readonly by: string;
}

/** Whether the evidence states that a cgroup bounded the memory of the command. */
function claimsMemoryCgroup(evidence: Record<string, unknown> | null): boolean {
  const commands = evidence?.commands as
    | readonly { facts: { limits: readonly Limit[] } }[]
    | undefined;
  const limits = commands?.[0]?.facts.limits;
  assert.ok(limits !== undefined, "the evidence lists no limits");
  return limits.some(({ limit, by }) =>
    limit === "memory_bytes" && by.startsWith("cgroup")
  );
}

import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

const LABEL = "write into a pipe of the parent";

attackTest(
  "a command writes nothing into the report of its own run",
  async (place) => {
    const bare = await place.bare([
      "sh",
      "-c",
      // The shell to the left has made the pipe, and waits for the attacker.
      `{ ${place.attacker} forge; true; } | cat`,
    ]);
    assertPossible(bare, LABEL);

    const confined = await place.confinedAttack("forge");
    assertRan(confined);
    assertRefused(confined, LABEL);
    // What it has printed is output, and no more than that.
    const [{ facts }] = confined.evidence?.commands as [
      { facts: Record<string, unknown> },
    ];
    assert.equal((facts.stages as string[]).at(-1), "exec");
    assert.equal((facts.segments as unknown[]).length, 1);
    const sandbox = facts.sandbox as Record<string, unknown>;
    assert.equal(sandbox.seccomp_mode, 2);
    assert.equal(
      (sandbox.kernel as Record<string, string>).release,
      Deno.osRelease(),
    );
  },
  { cscOnly: "states nothing" },
);

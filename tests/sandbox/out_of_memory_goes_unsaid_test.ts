import assert from "node:assert/strict";
import { assertPossible, assertRan } from "./assertions.ts";
import { attackTest, skipSecurityTest } from "./harness.ts";
import type { Confined } from "./place.ts";

const BOMB = ["memory-bomb", "shared", "1536"];

interface Facts {
  readonly limits: readonly { readonly limit: string }[];
  readonly usage: { readonly oom_kills: number | null };
}

/** What the evidence has of the one command; skips where nothing counts memory. */
function commandOf(confined: Confined) {
  const [command] = confined.evidence?.commands as [
    { readonly facts: Facts; readonly notes: readonly string[] },
  ];
  if (!command.facts.limits.some(({ limit }) => limit === "memory_bytes")) {
    skipSecurityTest("csc has no memory cgroup here, and says so");
  }
  return command;
}

attackTest(
  "a command that is killed for its memory is said to be",
  async (place) => {
    assertPossible(await place.bareAttack(...BOMB), "touch memory");

    const confined = await place.confinedAttack(...BOMB);
    const { facts } = commandOf(confined);
    assertRan(confined, 137);
    assert.ok((facts.usage.oom_kills ?? 0) >= 1);
    const text =
      /command was killed \(SIGKILL\); out of memory \(limit 1073741824 bytes\): the kernel killed \d+ of its processes/;
    assert.match(confined.stderr, text);
    assert.match(confined.receipt?.error ?? "", text);
  },
  { callers: ["root"], cscOnly: "states nothing" },
);

attackTest(
  "a helper that is killed for its memory is said to be",
  async (place) => {
    const script = `${place.attacker} ${BOMB.join(" ")}; exit 0`;
    const bare = await place.bare(["sh", "-c", script]);
    assertPossible(bare, "touch memory");

    const confined = await place.confined(["sh", "-c", script]);
    const { facts, notes } = commandOf(confined);
    assertRan(confined);
    assert.ok((facts.usage.oom_kills ?? 0) >= 1);
    assert.match(notes.join(), /out of memory .* killed 1 of its processes/);
    assert.match(
      confined.stderr,
      /csc: warning: command "attack": out of memory/,
    );
  },
  { callers: ["root"], cscOnly: "states nothing" },
);

import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest("a fork bomb ends at 100 processes", async (place) => {
  assertPossible(await place.bareAttack("fork-bomb", "400"), "fork all");

  const confined = await place.confinedAttack("fork-bomb", "400");
  assertRan(confined);
  assertRefused(confined, "fork all");
  const alive = Number(/^alive: (\d+)$/m.exec(confined.stdout)?.[1]);
  assert.ok(alive > 0 && alive < 100, `${alive} children`);
});

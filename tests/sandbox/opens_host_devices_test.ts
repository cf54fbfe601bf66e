import assert from "node:assert/strict";
import { assertRan, assertRefused, tries } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest("/dev holds no device of the host", async (place) => {
  const bare = await place.bareAttack("devices");
  assert.ok([...tries(bare.stdout).values()].includes("possible"), bare.stdout);

  const confined = await place.confinedAttack("devices");
  assertRan(confined);
  assertRefused(confined);
});

import assert from "node:assert/strict";
import {
  assertPossible,
  assertRan,
  assertRefusedOrKilled,
} from "./assertions.ts";
import { attackTest } from "./harness.ts";

const MIB = "1536";

attackTest("one process does not get more than 1 GiB", async (place) => {
  const argv = ["memory-bomb", "private", MIB];
  assertPossible(await place.bareAttack(...argv), "touch memory");

  const confined = await place.confinedAttack(...argv);
  assertRan(confined, confined.receipt?.exit_code === 0 ? 0 : 137);
  assertRefusedOrKilled(confined, "touch memory");
  const touched = /^touched MiB: (\d+)$/m.exec(confined.stdout)?.[1];
  assert.ok(Number(touched ?? 0) <= 1024);
});

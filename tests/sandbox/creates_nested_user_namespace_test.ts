import assert from "node:assert/strict";
import {
  assertPossible,
  assertRan,
  assertRefusedOrKilled,
} from "./assertions.ts";
import { attackTest } from "./harness.ts";

const WAYS = ["unshare", "clone", "clone3", "mount namespace"];

attackTest("no call makes another user namespace", async (place) => {
  assertPossible(await place.bareAttack("user-namespace"), ...WAYS);

  const confined = await place.confinedAttack("user-namespace");
  assertRan(confined);
  assertRefusedOrKilled(confined, ...WAYS);

  // The second wall, behind the filter, which the attacks above never reach.
  const limit = "/proc/sys/user/max_user_namespaces";
  const shown = await place.confined(["cat", limit]);
  assertRan(shown);
  assert.equal(shown.stdout, "0\n");
  assert.notEqual(await Deno.readTextFile(limit), "0\n");
});

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
});

import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

const WAYS = ["add an address", "take the link down"];

attackTest("links and addresses are read, never changed", async (place) => {
  assertPossible(await place.bareAttack("netlink"), ...WAYS);

  const confined = await place.confinedAttack("netlink");
  assertRan(confined);
  assertRefused(confined, ...WAYS);
});

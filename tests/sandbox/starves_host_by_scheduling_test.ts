import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

const WAYS = [
  "realtime priority",
  "negative nice value",
  "idle class of others",
];

attackTest("no command runs before everybody else", async (place) => {
  assertPossible(await place.bareAttack("scheduling"), ...WAYS);

  const confined = await place.confinedAttack("scheduling");
  assertRan(confined);
  assertRefused(confined, ...WAYS);
}, { callers: ["root"] });

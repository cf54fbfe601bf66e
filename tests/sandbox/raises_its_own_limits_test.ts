import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

const LIMITS = ["raise file size", "raise CPU seconds", "raise core size"];

attackTest("the limits of a run are hard", async (place) => {
  assertPossible(await place.bareAttack("raise-limits"), ...LIMITS);

  const confined = await place.confinedAttack("raise-limits");
  assertRan(confined);
  assertRefused(confined, ...LIMITS);
});

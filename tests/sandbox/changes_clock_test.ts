import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

const WAYS = ["settimeofday", "adjtimex"];

attackTest("the host keeps its time", async (place) => {
  assertPossible(await place.bareAttack("clock"), ...WAYS);

  const confined = await place.confinedAttack("clock");
  assertRan(confined);
  assertRefused(confined, ...WAYS);
}, { callers: ["root"] });

import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

const WAYS = ["sethostname", "setdomainname"];

attackTest("the host keeps its name", async (place) => {
  assertPossible(await place.bareAttack("hostname"), ...WAYS);

  const confined = await place.confinedAttack("hostname");
  assertRan(confined);
  assertRefused(confined, ...WAYS);
});

import { assertRan, assertRefused, possibleTries } from "./assertions.ts";
import { attackTest, skipSecurityTest } from "./harness.ts";

attackTest("a command does not leave its cgroup", async (place) => {
  const bare = await place.bareAttack("leave-cgroup");
  if (possibleTries(bare).length === 0) {
    skipSecurityTest("no hierarchy of cgroups can be written here");
  }

  const confined = await place.confinedAttack("leave-cgroup");
  assertRan(confined);
  assertRefused(confined);
}, { callers: ["root"] });

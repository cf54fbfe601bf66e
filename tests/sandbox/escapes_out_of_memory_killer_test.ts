import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest, skipSecurityTest } from "./harness.ts";

attackTest(
  "when memory runs out, nobody is killed in the command's place",
  async (place) => {
    const bare = await place.bareAttack("oom");
    if (bare.stdout.includes("refused EACCES")) {
      skipSecurityTest("root has no CAP_SYS_RESOURCE here");
    }
    assertPossible(bare, "never be killed");

    const confined = await place.confinedAttack("oom");
    assertRan(confined);
    assertRefused(confined, "never be killed");
  },
  { callers: ["root"] },
);

import { assertRan, assertRefused, possibleTries } from "./assertions.ts";
import { attackTest, skipSecurityTest } from "./harness.ts";

attackTest(
  "a command leaves no file that cannot be changed or deleted",
  async (place) => {
    const bare = await place.file(`${place.write}/bare`, "x");
    const file = await place.file(`${place.write}/confined`, "x");
    try {
      const made = await place.bareAttack("immutable", bare);
      if (possibleTries(made).length === 0) {
        skipSecurityTest("the file system has no such flag");
      }

      const confined = await place.confinedAttack("immutable", file);
      assertRan(confined);
      assertRefused(confined, "make immutable", "make append-only");
    } finally {
      for (const path of [bare, file]) {
        await place.bareAttack("immutable", path, "undo");
      }
    }
  },
  { callers: ["root"] },
);

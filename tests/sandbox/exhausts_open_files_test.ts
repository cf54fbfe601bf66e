import assert from "node:assert/strict";
import { assertRan, assertRefused, tries } from "./assertions.ts";
import { attackTest, skipSecurityTest } from "./harness.ts";

attackTest("a process holds no more than 1024 descriptors", async (place) => {
  const bare = await place.bareAttack("open-files", "2000");
  if (tries(bare.stdout).get("open all") !== "possible") {
    skipSecurityTest("the hard limit of the caller is as low");
  }

  const confined = await place.confinedAttack("open-files", "2000");
  assertRan(confined);
  assertRefused(confined, "open all");
  const open = Number(/^open: (\d+)$/m.exec(confined.stdout)?.[1]);
  assert.ok(open > 0 && open <= 1024, `${open} descriptors`);
});

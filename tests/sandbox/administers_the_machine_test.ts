import assert from "node:assert/strict";
import { assertRan, assertRefused, possibleTries } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest(
  "no module, kernel, swap space, reboot or port is a command's to have",
  async (place) => {
    const bare = await place.bareAttack("administer");
    assert.ok(possibleTries(bare).includes("reboot"), bare.stdout);

    const confined = await place.confinedAttack("administer");
    assertRan(confined);
    assertRefused(confined);
  },
  { callers: ["root"] },
);

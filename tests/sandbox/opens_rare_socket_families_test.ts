import assert from "node:assert/strict";
import { assertRan, assertRefused, possibleTries } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest(
  "no socket but those of IP and of route reading can be made",
  async (place) => {
    const bare = await place.bareAttack("families");
    assert.ok(possibleTries(bare).includes("netlink uevent"), bare.stdout);

    const confined = await place.confinedAttack("families");
    assertRan(confined);
    assertRefused(confined);
  },
);

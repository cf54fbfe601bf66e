import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest, skipSecurityTest } from "./harness.ts";

const WAYS = ["make a ring", "socket by ring", "read by ring"];

attackTest(
  "no ring makes sockets or opens files where no filter sees it",
  async (place) => {
    const bare = await place.bareAttack("uring", place.secret);
    if (bare.stdout.includes("make a ring: refused ENOSYS")) {
      skipSecurityTest("this kernel has no io_uring");
    }
    assertPossible(bare, ...WAYS);
    assert.ok(bare.stdout.includes(place.secretText));

    const confined = await place.confinedAttack("uring", place.secret);
    assertRan(confined);
    assertRefused(confined, ...WAYS);
    assert.ok(!confined.stdout.includes(place.secretText));
  },
);

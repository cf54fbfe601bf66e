import assert from "node:assert/strict";
import { assertPossible, assertRan } from "./assertions.ts";
import { attackTest } from "./harness.ts";

/** A group of its own, so that a hit does not reach the test runner. */
const IN_OWN_GROUP = ["setsid", "--wait"];

attackTest(
  "a signal to the own process group does not reach csc",
  async (place) => {
    const bare = await place.bare([
      ...IN_OWN_GROUP,
      "/bin/sh",
      "-c",
      '"$@"; echo the caller lives',
      "sh",
      place.attacker,
      "kill-group",
    ]);
    assertPossible(bare, "signal own group");
    assert.ok(!bare.stdout.includes("the caller lives"));

    const confined = await place.confined([place.attacker, "kill-group"], {
      wrap: (argv) => [...IN_OWN_GROUP, ...argv],
    });
    assert.equal(confined.code, 0, "the signal reached the caller");
    assertRan(confined);
  },
);

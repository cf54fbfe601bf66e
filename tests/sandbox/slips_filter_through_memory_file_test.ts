import assert from "node:assert/strict";
import {
  assertPossible,
  assertRan,
  assertRefused,
  tries,
} from "./assertions.ts";
import { attackTest } from "./harness.ts";

const WAYS = ["take a mount namespace", "mount tmpfs", "bind", "fsopen"];

attackTest(
  "a program that lies in memory only is confined like any other",
  async (place) => {
    const argv = ["memfd", "mounts", place.write];
    const bare = await place.bareAttack(...argv);
    assertPossible(bare, "set-id bits on a memory file", ...WAYS);

    const confined = await place.confinedAttack(...argv);
    assertRan(confined);
    if (confined.subject === "csc") {
      assertRefused(confined, "set-id bits on a memory file");
    }
    // Executing it is allowed: compilers at run time do it. It wins nothing.
    assert.equal(
      tries(confined.stdout).get("execute a memory file"),
      "attempted",
    );
    assertRefused(confined, ...WAYS);
  },
);

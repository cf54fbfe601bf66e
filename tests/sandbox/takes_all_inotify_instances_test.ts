import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

/** More than a command gets, fewer than a user of the host has by default. */
const WANTED = 64;

attackTest(
  "a command leaves its user on the host instances of inotify",
  async (place) => {
    const argv = ["inotify", String(WANTED)];
    assertPossible(await place.bareAttack(...argv), "take inotify instances");

    const confined = await place.confinedAttack(...argv);
    assertRan(confined);
    assertRefused(confined, "take inotify instances");
    const made = Number(/^instances: (\d+)$/m.exec(confined.stdout)?.[1]);
    assert.ok(made > 0 && made <= 32, `${made} instances`);
  },
);

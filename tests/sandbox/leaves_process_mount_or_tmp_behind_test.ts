import assert from "node:assert/strict";
import { assertRan } from "./assertions.ts";
import { attackTest } from "./harness.ts";
import { leftoversSince, snapshot } from "./leftovers.ts";
import {
  endProcessesMentioning,
  eventually,
  processesMentioning,
} from "./running.ts";

attackTest(
  "a run leaves no process, mount, cgroup or temporary file",
  async (place) => {
    const before = snapshot();
    const beating = `${place.write}/bare`;
    const made = await place.bare([
      "/bin/sh",
      "-c",
      'mktemp /tmp/csc-left-XXXXXX; "$@" >/dev/null 2>&1',
      "sh",
      place.attacker,
      "heartbeat",
      beating,
      "leave",
    ]);
    const temporary = made.stdout.trim();
    try {
      assert.ok(leftoversSince(before).includes(temporary));
      await eventually(
        "the process left behind",
        () => processesMentioning(beating).length > 0,
      );
    } finally {
      // A kill takes effect when its process is next scheduled.
      await eventually("the end of the bare attack", () => {
        endProcessesMentioning(beating);
        return processesMentioning(beating).length === 0;
      });
      await Deno.remove(temporary);
    }

    const clean = snapshot();
    const confined = await place.confinedAttack(
      "heartbeat",
      `${place.write}/confined`,
      "leave",
    );
    assertRan(confined);
    assert.deepEqual(processesMentioning(place.attacker), []);
    // Another csc may be at work on this machine: its traces go away in time.
    await eventually(
      `the end of ${leftoversSince(clean).join(", ")}`,
      () => leftoversSince(clean).length === 0,
    );
  },
);

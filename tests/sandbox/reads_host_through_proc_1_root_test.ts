import assert from "node:assert/strict";
import { assertRan, assertRefused, tries } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest(
  "no process in /proc opens a door to the host's root",
  async (place) => {
    const target = place.start([place.attacker, "sleep", "60"]);
    await target.until("sleeping");
    const bare = await place.bareAttack("proc-roots", place.secret);
    assert.ok(bare.stdout.includes(place.secretText));

    const confined = await place.confinedAttack("proc-roots", place.secret);
    assertRan(confined);
    const doors = [...tries(confined.stdout).keys()].filter((label) =>
      label.startsWith("read /proc/")
    );
    assert.ok(doors.includes(`read /proc/1/root${place.secret}`));
    assertRefused(confined, ...doors);
    assert.ok(!confined.stdout.includes(place.secretText));
  },
);

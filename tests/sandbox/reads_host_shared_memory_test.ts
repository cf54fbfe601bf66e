import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest(
  "System V shared memory of the host is out of reach",
  async (place) => {
    const key = String(
      0x10000000 + crypto.getRandomValues(new Uint16Array(1))[0]!,
    );
    const owner = place.start([
      place.attacker,
      "make-shared-memory",
      key,
      place.secretText,
    ]);
    await owner.until("ready");
    try {
      const bare = await place.bareAttack("shared-memory", key);
      assertPossible(bare, "attach segment");
      assert.ok(bare.stdout.includes(place.secretText));

      const confined = await place.confinedAttack("shared-memory", key);
      assertRan(confined);
      assertRefused(confined, "find segment");
      assert.ok(!confined.stdout.includes(place.secretText));
    } finally {
      owner.kill("SIGTERM");
      await owner.status();
    }
  },
);

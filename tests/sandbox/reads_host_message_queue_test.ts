import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest(
  "POSIX message queues of the host are out of reach",
  async (place) => {
    const name = `/csc-attack-${crypto.randomUUID()}`;
    const owner = place.start([
      place.attacker,
      "make-message-queue",
      name,
      place.secretText,
    ]);
    await owner.until("ready");
    try {
      const bare = await place.bareAttack("message-queue", name);
      assertPossible(bare, "receive message");
      assert.ok(bare.stdout.includes(place.secretText));

      const confined = await place.confinedAttack("message-queue", name);
      assertRan(confined);
      assertRefused(confined, "open queue");
      assert.ok(!confined.stdout.includes(place.secretText));
    } finally {
      owner.kill("SIGTERM");
      await owner.status();
    }
  },
);

import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

const WAYS = ["find key", "read key", "request key"];

attackTest(
  "a key in the caller's kernel keyring is out of reach",
  async (place) => {
    const name = `csc-attack-${crypto.randomUUID()}`;
    const owner = place.start([
      place.attacker,
      "store-key",
      name,
      place.secretText,
    ]);
    await owner.until("stored");
    try {
      const bare = await place.bareAttack("keyring", name);
      assertPossible(bare, "find key", "read key");
      assert.ok(bare.stdout.includes(place.secretText));

      const confined = await place.confinedAttack("keyring", name);
      assertRan(confined);
      assert.ok(!confined.stdout.includes(place.secretText));
      assertRefused(confined, ...WAYS);
    } finally {
      await place.bareAttack("drop-key", name);
    }
  },
);

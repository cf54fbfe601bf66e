import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

for (const base of ["/tmp", "/var/tmp"]) {
  attackTest(
    `a file outside the scopes is not readable, below ${base}`,
    async (place) => {
      const label = `read ${place.secret}`;
      const bare = await place.bareAttack("read", place.secret);
      assertPossible(bare, label);
      assert.ok(bare.stdout.includes(place.secretText));

      const inside = await place.file(`${place.read}/note`, "may be read\n");
      const confined = await place.confinedAttack("read", place.secret, inside);
      assertRan(confined);
      assertRefused(confined, label);
      assertPossible(confined, `read ${inside}`);
      assert.ok(!confined.stdout.includes(place.secretText));
    },
    { base },
  );
}

import assert from "node:assert/strict";
import { assertRan } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest("no /proc/N/environ shows what csc was given", async (place) => {
  const env = { CSC_TEST_TOKEN: place.secretText };
  const target = place.start([place.attacker, "sleep", "60"], { env });
  await target.until("sleeping");
  const bare = await place.bareAttack("environments", String(target.pid));
  assert.ok(bare.stdout.includes(place.secretText));

  const confined = await place.confined([place.attacker, "environments"], {
    env,
  });
  assertRan(confined);
  assert.match(confined.stdout, /^environment of 1: /m);
  assert.ok(!confined.stdout.includes(place.secretText));
});

import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";
import { pause } from "./running.ts";

attackTest("a process of the host is not ended", async (place) => {
  const first = place.start([place.attacker, "sleep", "60"]);
  const second = place.start([place.attacker, "sleep", "60"]);
  await first.until("sleeping");
  await second.until("sleeping");
  assertPossible(await place.bareAttack("signal", String(first.pid)), "kill");
  assert.equal((await first.status()).signal, "SIGKILL");

  const confined = await place.confinedAttack("signal", String(second.pid));
  assertRan(confined);
  assertRefused(confined, "kill");
  await pause(50);
  assert.equal(second.ended, false);
});

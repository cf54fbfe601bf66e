import assert from "node:assert/strict";
import { assertRan } from "./assertions.ts";
import { attackTest } from "./harness.ts";
import { endProcessesMentioning, processesMentioning } from "./running.ts";

attackTest("a stopped process does not outlive the deadline", async (place) => {
  const bareFile = `${place.write}/bare`;
  const bare = place.start([place.attacker, "stopped", bareFile]);
  await bare.until("started");
  bare.kill("SIGKILL");
  await bare.status();
  assert.notDeepEqual(processesMentioning(bareFile), []);
  endProcessesMentioning(bareFile);

  const file = `${place.write}/confined`;
  const confined = await place.confined([place.attacker, "stopped", file], {
    timeoutSec: 1,
  });
  assertRan(confined, 124);
  assert.deepEqual(processesMentioning(`stopped ${file}`), []);
});

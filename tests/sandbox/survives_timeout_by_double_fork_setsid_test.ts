import assert from "node:assert/strict";
import { assertRan } from "./assertions.ts";
import { attackTest } from "./harness.ts";
import { endProcessesMentioning } from "./running.ts";
import { assertStill, assertStillBeating } from "./survivors.ts";

attackTest(
  "nothing outlives the deadline by double fork and setsid",
  async (place) => {
    const bareFile = `${place.write}/bare`;
    const bare = place.start([place.attacker, "heartbeat", bareFile]);
    await bare.until("started");
    bare.kill("SIGKILL"); // what a simple deadline does
    await bare.status();
    await assertStillBeating(bareFile);
    endProcessesMentioning(bareFile);

    const file = `${place.write}/confined`;
    const confined = await place.confined([place.attacker, "heartbeat", file], {
      timeoutSec: 1,
    });
    assertRan(confined, 124);
    if (confined.subject === "csc") {
      assert.match(confined.receipt?.error ?? "", /timed out after 1 second/);
    }
    await assertStill(file);
  },
);

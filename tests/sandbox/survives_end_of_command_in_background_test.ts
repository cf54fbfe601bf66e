import { assertRan } from "./assertions.ts";
import { attackTest } from "./harness.ts";
import { endProcessesMentioning } from "./running.ts";
import { assertStill, assertStillBeating } from "./survivors.ts";

attackTest(
  "a background process that holds stdout neither lives on nor hangs csc",
  async (place) => {
    const bareFile = `${place.write}/bare`;
    const bare = place.start([place.attacker, "heartbeat", bareFile, "leave"]);
    await bare.status();
    await assertStillBeating(bareFile);
    endProcessesMentioning(bareFile);

    const file = `${place.write}/confined`;
    const confined = await place.confinedAttack("heartbeat", file, "leave");
    assertRan(confined);
    await assertStill(file, { mayBeMissing: true });
  },
);

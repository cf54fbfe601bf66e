import assert from "node:assert/strict";
import { attackTest } from "./harness.ts";
import { eventually, processesMentioning } from "./running.ts";
import { beats } from "./survivors.ts";

attackTest(
  "no command line shows a value that a command is given, nor the key",
  async (place) => {
    const pem = await Deno.readTextFile(await place.makeKey());
    const key = pem.replace(/-----[^-]+-----/g, "").trim();
    const bare = place.start([
      ...[place.attacker, "sleep", "60"],
      place.secretText,
    ]);
    await bare.until("sleeping");
    // Everybody may read the command lines of everybody.
    assert.equal(processesMentioning(place.secretText).length, 1);
    await bare.end();

    const file = `${place.write}/beats`;
    const env = { CSC_TEST_TOKEN: place.secretText };
    const call = await place.prepare([place.attacker, "heartbeat", file], {
      env,
      envAllow: ["CSC_TEST_TOKEN"],
    });
    const run = place.start(call.argv, { env });
    await eventually("a heartbeat", async () => await beats(file) > 0);
    assert.notDeepEqual(processesMentioning(file), []);
    assert.deepEqual(processesMentioning(place.secretText), []);
    assert.deepEqual(processesMentioning(key), []);
    await run.end();
  },
  { cscOnly: "is given values by its own command line" },
);

/** What a receipt says of a command that nobody watched for a while. */
import assert from "node:assert/strict";
import { attackTest } from "../sandbox/harness.ts";
import type { Place } from "../sandbox/place.ts";
import { pause } from "../sandbox/running.ts";
import { callIn, endOfAll, receiptAt } from "./modes.ts";

/** Runs a script; csc is stopped once it has started, until `over`. */
async function whileStopped(
  place: Place,
  timeoutSec: number,
  script: string,
  over: (marker: string) => Promise<void>,
) {
  const marker = `${place.write}/marker`;
  const argv = ["sh", "-c", script, "sh", marker];
  const call = await callIn(place, "hardened", [argv], {
    timeoutSec,
  });
  const csc = await place.start(call.argv).until("started");
  csc.kill("SIGSTOP");
  await over(marker);
  csc.kill("SIGCONT");
  await csc.status();
  return await receiptAt(call.receiptPath);
}

attackTest(
  "what ends by itself behind the deadline has timed out",
  async (place) => {
    const receipt = await whileStopped(
      place,
      1,
      'echo started; sleep 1.5; echo done > "$1"',
      async (marker) => {
        await endOfAll(marker);
        // It was not PID 1 that ended it.
        assert.equal(await Deno.readTextFile(marker), "done\n");
      },
    );
    assert.equal(receipt?.status, "failed");
    assert.equal(receipt?.exit_code, 124);
    assert.match(receipt?.error ?? "", /^command timed out after 1 seconds$/);
  },
);

attackTest(
  "what ended before the deadline has succeeded, however late csc looks",
  async (place) => {
    const receipt = await whileStopped(
      place,
      2,
      'echo started; until [ -e "$1" ]; do sleep 0.02; done',
      async (marker) => {
        await place.file(marker, "go\n");
        await endOfAll(marker);
        await pause(2200);
      },
    );
    assert.equal(receipt?.status, "success", receipt?.error);
    assert.equal(receipt?.exit_code, 0);
  },
);

attackTest(
  "what does not end is ended by PID 1, and has timed out",
  async (place) => {
    const receipt = await whileStopped(
      place,
      1,
      'echo started; sleep 60; echo done > "$1"',
      endOfAll,
    );
    assert.equal(receipt?.exit_code, 124);
  },
);

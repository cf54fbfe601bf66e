import assert from "node:assert/strict";
import { attackTest } from "./harness.ts";
import { leftoversSince, snapshot } from "./leftovers.ts";
import type { Place } from "./place.ts";
import { cscProgram } from "./programs.ts";
import { rounds } from "./racing.ts";
import {
  endProcessesMentioning,
  eventually,
  pause,
  processesMentioning,
} from "./running.ts";
import { assertStillBeating, beats } from "./survivors.ts";

attackTest(
  "SIGKILL of csc at any moment leaves nothing alive, and no run untold",
  async (place) => {
    const beating = `${place.write}/bare`;
    const bare = place.start([place.attacker, "heartbeat", beating]);
    await bare.until("started");
    bare.kill("SIGKILL");
    await bare.status();
    await assertStillBeating(beating);
    endProcessesMentioning(beating);

    const before = snapshot();
    // The moments are spread over the whole of a run, and a little beyond.
    const start = performance.now();
    await place.confinedAttack("write", `${place.write}/whole`);
    const whole = (performance.now() - start) * 1.1;
    const count = rounds(1);
    for (let round = 0; round < count; round++) {
      const mark = `${place.write}/mark-${round}`;
      const call = await place.prepare([place.attacker, "write", mark], {
        stateDir: `${place.private}/state-${round}`,
      });
      const csc = place.start(call.argv);
      await pause(whole * (round + 1) / count);
      csc.kill("SIGKILL");
      await csc.status();
      await eventually(
        `the end of all processes of round ${round}`,
        () => processesMentioning(mark).length === 0,
      );
      await csc.end();
      await assertToldOf(place, round, call.receiptPath, mark);
      await place.forgetRun();
    }
    const next = await place.confinedAttack("environment");
    assert.equal(next.code, 0, next.stderr);
    const left = () =>
      leftoversSince(before).filter((path) => /^(mount |\/sys\/)/.test(path));
    await eventually(`the end of ${left().join(", ")}`, () => !left().length);
  },
  { cscOnly: "writes no receipt" },
);

/** Whatever ran has an intent; whatever has a receipt has a valid one. */
async function assertToldOf(
  place: Place,
  round: number,
  receipt: string,
  mark: string,
): Promise<void> {
  const state = `${place.private}/state-${round}`;
  const records = names(`${state}/runs`);
  if (await beats(mark) > 0) {
    const [record] = records;
    assert.ok(record !== undefined, `it ran without a record: round ${round}`);
    assert.ok(names(`${state}/runs/${record}`).includes("intent.json"));
  }
  const written = names(place.private).filter((name) =>
    receipt.endsWith(`/${name}`)
  );
  if (written.length === 0) return;
  const verified = await place.bare([
    ...[await cscProgram(place.caller), "verify-receipt", receipt],
    ...["--public-key", `${place.private}/test.pub`, "--key-id", "test"],
    ...["--evidence", `${receipt}.evidence.json`],
  ]);
  assert.equal(verified.code, 0, verified.stderr);
}

function names(path: string): string[] {
  try {
    return [...Deno.readDirSync(path)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** SIGINT, SIGTERM and SIGHUP to csc: a receipt, and nobody left. */
import assert from "node:assert/strict";
import type { Place } from "../sandbox/place.ts";
import { pause, type Running } from "../sandbox/running.ts";
import { callIn, endOfAll, type Mode, modeTest, receiptAt } from "./modes.ts";

const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

type Ending = keyof typeof CODES;
const ENDINGS = Object.keys(CODES) as Ending[];

/** A shell that waits for a child; both have `name` in their command line. */
function waiting(place: Place, name: string): string[] {
  return [
    "sh",
    "-c",
    'echo ran > "$1"; "$0" heartbeat "$1.beats" & echo started; wait; echo never',
    place.attacker,
    name,
  ];
}

/** In local mode nothing holds a process that leaves its group. */
function child(mode: Mode, place: Place, name: string): string[] {
  if (mode === "hardened") return waiting(place, name);
  return [
    "sh",
    "-c",
    'echo ran > "$1"; "$0" sleep 60 "$1" & echo started; wait; echo never',
    place.attacker,
    name,
  ];
}

function send(csc: Running, signal: Ending): boolean {
  try {
    csc.kill(signal);
    return true;
  } catch (error) {
    assert.ok(error instanceof TypeError, "it has ended");
    return false;
  }
}

for (const signal of ENDINGS) {
  modeTest(
    `${signal} gives a receipt and leaves nobody`,
    async (place, mode) => {
      const name = `${place.write}/marker`;
      const call = await callIn(place, mode, [child(mode, place, name)]);
      const csc = await place.start(call.argv).until("started");
      csc.kill(signal);
      assert.equal((await csc.status()).code, 1);
      const receipt = await receiptAt(call.receiptPath);
      assert.equal(receipt?.status, "failed");
      assert.equal(receipt?.exit_code, CODES[signal]);
      assert.equal(receipt?.error, `interrupted by ${signal}`);
      assert.equal(receipt?.failed_command_id, "attack");
      await endOfAll(name);
    },
  );
}

modeTest(
  "signals that keep coming do not cost the receipt",
  async (place, mode) => {
    const name = `${place.write}/marker`;
    const call = await callIn(place, mode, [child(mode, place, name)]);
    const csc = await place.start(call.argv).until("started");
    while (!csc.ended) {
      for (const signal of ENDINGS) send(csc, signal);
      await pause(1);
    }
    const receipt = await receiptAt(call.receiptPath);
    assert.equal(receipt?.status, "failed");
    const signal = receipt?.error?.replace("interrupted by ", "") as Ending;
    assert.equal(receipt?.exit_code, CODES[signal]);
    await endOfAll(name);
  },
);

/** From the first instructions of csc to a command that waits. */
const MOMENTS_MS = [1, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 45, 50, 60, 80];

modeTest(
  "what ran has a receipt, whenever the signal comes",
  async (place, mode) => {
    for (const [round, moment] of MOMENTS_MS.entries()) {
      const signal = ENDINGS[round % ENDINGS.length]!;
      const name = `${place.write}/marker-${round}-`;
      const call = await callIn(place, mode, [child(mode, place, name)], {
        receiptOut: `${place.private}/receipt-at-${round}.json`,
      });
      const csc = place.start(call.argv);
      await pause(moment);
      send(csc, signal);
      await csc.status();
      await endOfAll(name);
      const receipt = await receiptAt(call.receiptPath);
      const ran = await Deno.stat(name).then(() => true, () => false);
      if (ran) assert.notEqual(receipt, null, `no receipt after ${moment} ms`);
      if (receipt !== null) {
        assert.equal(receipt.status, "failed");
        assert.equal(receipt.exit_code, CODES[signal], `after ${moment} ms`);
      }
    }
  },
);

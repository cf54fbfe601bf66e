import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";
import { cscProgram } from "./programs.ts";

attackTest(
  "receipt, state, contract and policy are out of the command's reach",
  async (place) => {
    await place.makeKey();
    const receipt = `${place.private}/receipt.json`;
    const paths = [
      receipt,
      `${receipt}.evidence.json`,
      `${place.private}/state/planted`,
      `${place.private}/contract-1.json`,
      `${place.private}/policy-1.json`,
    ];
    const labels = paths.map((path) => `write ${path}`);
    await place.mkdir(`${place.private}/state`, 0o700);
    assertPossible(await place.bareAttack("write", ...paths), ...labels);
    for (const path of paths) await Deno.remove(path);

    const confined = await place.confined([place.attacker, "write", ...paths], {
      receiptOut: receipt,
    });
    assertRan(confined);
    assertRefused(confined, ...labels);
    const verified = await place.bare([
      await cscProgram(place.caller),
      "verify-receipt",
      receipt,
      "--public-key",
      `${place.private}/test.pub`,
      "--key-id",
      "test",
    ]);
    assert.equal(verified.code, 0, verified.stderr);
  },
  { cscOnly: "writes no receipt" },
);

import assert from "node:assert/strict";
import { assertPossible } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest(
  "a link at the receipt's path does not make csc write elsewhere",
  async (place) => {
    const planted = await place.mkdir(`${place.root}/receipts`);
    const receipt = `${planted}/receipt.json`;
    await Deno.symlink(place.canary, receipt);
    await Deno.symlink(place.secret, `${receipt}.evidence.json`);
    assertPossible(
      await place.bareAttack("write", receipt),
      `write ${receipt}`,
    );
    await place.restoreOutside();

    // Refused or put in the link's place: both are right, writing through is not.
    const argv = [place.attacker, "environment"];
    const call = await place.prepare(argv, { receiptOut: receipt });
    const finished = await place.bare(call.argv);
    assert.ok(finished.code === 0 || finished.code === 1, finished.stderr);
    await place.assertOutsideUntouched();
  },
  { cscOnly: "writes no receipt" },
);

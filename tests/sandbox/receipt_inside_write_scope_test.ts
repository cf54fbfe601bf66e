import assert from "node:assert/strict";
import { assertPossible, tries } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest(
  "csc does not put its receipt where the command can reach it",
  async (place) => {
    const receipt = `${place.write}/receipt.json`;
    assertPossible(
      await place.bareAttack("write", receipt),
      `write ${receipt}`,
    );
    await Deno.remove(receipt);

    const confined = await place.confined([place.attacker, "write", receipt], {
      receiptOut: receipt,
    });
    assert.equal(confined.code, 1);
    assert.equal(tries(confined.stdout).size, 0, "the command was started");
    assert.match(confined.stderr, /receipt/);
  },
  { cscOnly: "writes no receipt" },
);

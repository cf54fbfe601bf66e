import assert from "node:assert/strict";
import { assertRan } from "./assertions.ts";
import { attackTest } from "./harness.ts";

/** Looks for a while: what is made during the run counts as well. */
const LOOK =
  'for i in 1 2 3 4 5 6; do find "$@" -type f -size +0; sleep 0.05; done; ' +
  'echo "looked"';

attackTest(
  "receipt and state are not seen through a read scope around them",
  async (place) => {
    const state = await place.mkdir(`${place.read}/state`, 0o700);
    const receipts = await place.mkdir(`${place.read}/receipts`, 0o700);
    const argv = ["/bin/sh", "-c", LOOK, "sh", state, receipts];
    const options = {
      stateDir: state,
      receiptOut: `${receipts}/receipt.json`,
    };
    assertRan(await place.confined([place.attacker, "environment"], options));
    const bare = await place.bare(argv);
    assert.match(bare.stdout, /receipt\.json[^]*looked/);
    assert.match(bare.stdout, /contract\.json/);

    const confined = await place.confined(argv, options);
    assertRan(confined);
    assert.equal(confined.stdout, "looked\n", "content was seen");
  },
  { cscOnly: "keeps no receipts" },
);

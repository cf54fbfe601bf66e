import assert from "node:assert/strict";
import { assertRan, tries } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest(
  "no signal of a command ends, stops or confuses PID 1",
  async (place) => {
    const argv = [place.attacker, "every-signal"];
    const bare = await place.bare([
      "/bin/sh",
      "-c",
      '"$@"; true',
      "sh",
      ...argv,
    ]);
    assert.notEqual(bare.signal, null, "the parent lives");

    const confined = await place.confined(argv);
    assert.equal(tries(confined.stdout).get("signals"), "attempted");
    assert.ok(confined.stdout.includes("signals: sent"), "it was ended");
    assert.equal(confined.code, 0, "its end was taken for another");
    assertRan(confined);
  },
);

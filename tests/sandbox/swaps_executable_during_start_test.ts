import assert from "node:assert/strict";
import { attackTest } from "./harness.ts";
import { assertRaceIsWon, race, swapping } from "./racing.ts";

attackTest(
  "a program outside is not executed when a link to it takes another's place",
  async (place) => {
    const program = `${place.read}/program`;
    const link = `${place.read}/link`;
    const evil = `${place.root}/evil`;
    await place.file(program, '#!/bin/sh\necho "good"\n', 0o755);
    await place.file(evil, '#!/bin/sh\necho "evil"\n', 0o755);
    await Deno.symlink(evil, link);
    await swapping(place, program, link, async () => {
      await assertRaceIsWon(place, program, program, "evil");
      const executable = { name: "executable", tests: 1 };
      await race(place, executable, [program], {}, (result) => {
        assert.ok(!result.stdout.includes("evil"), "it was executed");
        // What did not run at all has not succeeded.
        if (result.receipt?.status === "success") {
          assert.equal(result.stdout.split("\n")[0], "good");
        }
        return Promise.resolve();
      });
    });
  },
  { cscOnly: "raced only with csc" },
);

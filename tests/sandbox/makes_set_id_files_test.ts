import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

/** Where set-id bits were left behind. */
function setIdFiles(directory: string): string[] {
  return [...Deno.readDirSync(directory)]
    .map(({ name }) => `${directory}/${name}`)
    .filter((path) => ((Deno.lstatSync(path).mode ?? 0) & 0o6000) !== 0);
}

attackTest(
  "a command leaves no file that lends the caller's rights to its finder",
  async (place) => {
    const bare = await place.mkdir(`${place.write}/bare`);
    assertPossible(
      await place.bareAttack("set-id", bare),
      "chmod 4755",
      "openat 4755",
    );
    assert.notDeepEqual(setIdFiles(bare), []);

    const confined = await place.mkdir(`${place.write}/confined`);
    const result = await place.confinedAttack("set-id", confined);
    assertRan(result);
    assertRefused(result);
    assert.deepEqual(setIdFiles(confined), []);
  },
);

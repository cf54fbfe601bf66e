import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

const WAYS = ["link", "link by descriptor", "write through link"];

attackTest(
  "a file that may only be read gets no writable name",
  async (place) => {
    const source = await place.file(`${place.read}/source`, "source\n", 0o666);
    const name = `${place.write}/link`;
    const bare = await place.bareAttack("link", source, `${name}-bare`);
    assertPossible(bare, "link", "write through link");
    await place.file(source, "source\n", 0o666);

    const confined = await place.confinedAttack("link", source, name);
    assertRan(confined);
    assertRefused(confined, ...WAYS);
    assert.equal(await Deno.readTextFile(source), "source\n");
  },
);

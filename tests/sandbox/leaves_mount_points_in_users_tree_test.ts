import assert from "node:assert/strict";
import { assertRan } from "./assertions.ts";
import { attackTest } from "./harness.ts";
import { tree } from "./leftovers.ts";

attackTest(
  "no file or directory appears beside what the command made",
  async (place) => {
    const before = tree(place.write);
    const bare = await place.bareAttack("ghost", place.write, ".ghost");
    assert.equal(bare.code, 0, bare.stderr);
    assert.notDeepEqual(tree(place.write), before);
    await Deno.remove(`${place.write}/.ghost`);

    await place.mkdir(`${place.write}/nested`);
    await place.mkdir(`${place.write}/nested/read only`);
    await place.file(`${place.write}/nested/file`, "x");
    await place.file(`${place.read}/file`, "x");
    const all = tree(place.root, ["private"]);
    const confined = await place.confined([place.attacker, "environment"], {
      readPaths: [
        place.read,
        `${place.read}/file`,
        `${place.write}/nested/read only`,
      ],
      writePaths: [
        place.write,
        `${place.write}/nested/file`,
        `${place.write}/does not exist yet`,
      ],
    });
    assertRan(confined);
    assert.deepEqual(tree(place.root, ["private"]), all);
  },
);

import assert from "node:assert/strict";
import { attackTest } from "./harness.ts";
import { tree } from "./leftovers.ts";

attackTest(
  "a link on the way to a scope does not make csc create anything outside",
  async (place) => {
    const link = `${place.write}/link`;
    await Deno.symlink(place.outside, link);
    const before = tree(place.outside);
    const bare = await place.bareAttack("ghost", link, ".ghost");
    assert.equal(bare.code, 0, bare.stderr);
    assert.notDeepEqual(tree(place.outside), before);
    await Deno.remove(`${place.outside}/.ghost`);

    const inner = `${link}/new/directory`;
    await place.confined([place.attacker, "write", `${inner}/planted`], {
      contractCwd: place.read,
      readPaths: [place.read, `${link}/other`],
      writePaths: [place.write, inner],
    });
    await place.assertOutsideUntouched();
  },
);

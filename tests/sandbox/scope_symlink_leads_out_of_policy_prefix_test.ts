import { assertBlocked, assertPossible } from "./assertions.ts";
import { attackTest } from "./harness.ts";

/** What a contract tells a caller whose path escapes (protocol §6). */
const PATH_ESCAPE = 126;

attackTest(
  "a write scope that is a symlink out of the policy blocks the run",
  async (place) => {
    const scope = `${place.write}/scope`;
    await Deno.symlink(place.outside, scope);
    const target = `${scope}/planted`;
    assertPossible(await place.bareAttack("write", target), `write ${target}`);
    await place.restoreOutside();

    const confined = await place.confined([place.attacker, "write", target], {
      contractCwd: place.read,
      writePaths: [scope],
    });
    assertBlocked(confined, PATH_ESCAPE);
    await place.assertOutsideUntouched();
  },
  { cscOnly: "has no policy" },
);

attackTest(
  "a read scope that is a symlink out of the policy blocks the run",
  async (place) => {
    const scope = `${place.read}/scope`;
    await Deno.symlink("../outside", scope);
    const target = `${scope}/secret`;
    assertPossible(await place.bareAttack("read", target), `read ${target}`);

    const confined = await place.confined([place.attacker, "read", target], {
      readPaths: [place.read, scope],
    });
    assertBlocked(confined, PATH_ESCAPE);
  },
  { cscOnly: "has no policy" },
);

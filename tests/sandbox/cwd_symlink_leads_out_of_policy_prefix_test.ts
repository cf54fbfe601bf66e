import { assertBlocked, assertPossible } from "./assertions.ts";
import { attackTest } from "./harness.ts";

/** Protocol §6: a path that escapes. */
const PATH_ESCAPE = 126;

attackTest(
  "a cwd that is a symlink out of the policy blocks the run",
  async (place) => {
    const cwd = `${place.write}/cwd`;
    await Deno.symlink(place.outside, cwd);
    const argv = [place.attacker, "write", "planted"];
    assertPossible(await place.bare(argv, { cwd }), "write planted");
    await place.restoreOutside();

    assertBlocked(
      await place.confined(argv, { contractCwd: cwd }),
      PATH_ESCAPE,
    );
    await place.assertOutsideUntouched();
  },
  { cscOnly: "has no policy" },
);

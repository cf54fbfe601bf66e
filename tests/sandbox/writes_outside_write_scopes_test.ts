import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest(
  "nothing outside the write scopes is changed or created",
  async (place) => {
    const paths = [place.canary, `${place.outside}/planted`];
    const labels = paths.map((path) => `write ${path}`);
    assertPossible(await place.bareAttack("write", ...paths), ...labels);
    await place.restoreOutside();

    const allowed = `${place.write}/allowed`;
    const confined = await place.confinedAttack("write", ...paths, allowed);
    assertRan(confined);
    assertRefused(confined, ...labels);
    assertPossible(confined, `write ${allowed}`);
    await place.assertOutsideUntouched();
  },
  { base: "/var/tmp" },
);

import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest(
  "a symlink in the write scope is no way to write elsewhere",
  async (place) => {
    const planted = `${place.write}/planted`;
    const directory = `${place.write}/directory`;
    await Deno.symlink(place.canary, planted);
    await Deno.symlink("../outside", directory);
    const paths = [planted, `${directory}/canary`, `${directory}/new`];
    const labels = paths.map((path) => `write ${path}`);
    const ways = ["read through symlink", "write through symlink"];
    assertPossible(await place.bareAttack("write", ...paths), ...labels);
    assertPossible(
      await place.bareAttack("symlink", place.canary, `${place.write}/bare`),
      ...ways,
    );
    await place.restoreOutside();

    const confined = await place.confinedAttack("write", ...paths);
    assertRan(confined);
    assertRefused(confined, ...labels);
    const own = await place.confinedAttack(
      "symlink",
      place.canary,
      `${place.write}/own`,
    );
    assertRan(own);
    assertRefused(own, ...ways);
    await place.assertOutsideUntouched();
  },
);

import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

const WAYS = ["link", "link by descriptor", "write through link"];

attackTest(
  "a file outside gets no second name in the write scope",
  async (place) => {
    const name = `${place.write}/link`;
    const bare = await place.bareAttack("link", place.canary, `${name}-bare`);
    assertPossible(bare, "link", "write through link");
    await place.restoreOutside();

    const confined = await place.confinedAttack("link", place.canary, name);
    assertRan(confined);
    assertRefused(confined, ...WAYS);
    await place.assertOutsideUntouched();
  },
);

import { assertBlocked, assertPossible } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest(
  "no spelling of a scope leads out of the policy",
  async (place) => {
    await place.mkdir(`${place.write}/a`);
    const spellings = [
      `${place.write}/../outside`,
      `${place.write}//./../outside/`,
      `${place.write}/a/../../outside/**`,
      `${place.write}/missing/../../outside`,
    ];
    const target = `${place.outside}/planted`;
    assertPossible(
      await place.bareAttack("write", `${place.write}/../outside/planted`),
      `write ${place.write}/../outside/planted`,
    );
    await place.restoreOutside();

    for (const spelling of spellings) {
      const confined = await place.confined(
        [place.attacker, "write", target],
        { contractCwd: place.read, writePaths: [spelling] },
      );
      assertBlocked(confined, confined.receipt?.exit_code);
      await place.assertOutsideUntouched();
    }
  },
  { cscOnly: "has no policy" },
);

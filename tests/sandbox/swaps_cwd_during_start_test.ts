import { attackTest } from "./harness.ts";
import { assertRaceIsWon, race, swapping } from "./racing.ts";

const REACH = "echo planted > planted; cat secret; true";

attackTest(
  "a cwd does not lead outside when it is swapped for a link",
  async (place) => {
    const cwd = await place.mkdir(`${place.write}/cwd`);
    const link = `${place.write}/link`;
    await Deno.symlink(place.outside, link);
    await swapping(place, cwd, link, async () => {
      await assertRaceIsWon(place, cwd, `${cwd}/secret`, place.secretText);
      const argv = ["/bin/sh", "-c", REACH];
      await race(place, { name: "cwd", tests: 2 }, argv, { contractCwd: cwd });
      // In no scope but readable by policy, it has a mount of its own.
      await race(place, { name: "cwd alone", tests: 2 }, argv, {
        contractCwd: cwd,
        writePaths: [],
      });
    });
  },
  { cscOnly: "raced only with csc" },
);

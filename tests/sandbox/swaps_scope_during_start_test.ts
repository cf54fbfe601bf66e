import { attackTest } from "./harness.ts";
import type { Place } from "./place.ts";
import { assertRaceIsWon, race, swapping } from "./racing.ts";

/** Writes into the scope, and reads what a scope led astray would show. */
const REACH = 'echo planted > "$1/planted"; cat "$1/secret"; true';

/** What is swapped, for what, and the scope that is reached through it. */
const TURNS: [what: string, make: Make][] = [
  ["the scope itself", async (place) => {
    const scope = await place.mkdir(`${place.write}/scope`);
    const link = `${place.write}/link`;
    await Deno.symlink(place.outside, link);
    return { scope, swapped: scope, link };
  }],
  ["a directory on the way to it", async (place) => {
    const way = await place.mkdir(`${place.write}/way`);
    const scope = await place.mkdir(`${way}/outside`);
    const link = `${place.write}/link`;
    await Deno.symlink(place.root, link);
    return { scope, swapped: way, link };
  }],
];
type Make = (
  place: Place,
) => Promise<{ scope: string; swapped: string; link: string }>;

for (const [what, make] of TURNS) {
  for (const access of ["write", "read"] as const) {
    attackTest(
      `a ${access} scope does not lead outside when ${what} is swapped`,
      async (place) => {
        const { scope, swapped, link } = await make(place);
        await swapping(place, swapped, link, async () => {
          await assertRaceIsWon(
            place,
            swapped,
            `${scope}/secret`,
            place.secretText,
          );
          const argv = ["/bin/sh", "-c", REACH, "sh", scope];
          const name = `${access} scope, ${what}`;
          await race(place, { name, tests: 2 * TURNS.length }, argv, {
            contractCwd: place.read,
            readPaths: access === "read" ? [place.read, scope] : [place.read],
            writePaths: access === "read" ? [] : [scope],
          });
        });
      },
      { cscOnly: "raced only with csc" },
    );
  }
}

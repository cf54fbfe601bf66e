import assert from "node:assert/strict";
import { attackTest } from "./harness.ts";
import type { Place } from "./place.ts";
import { copyProgram } from "./programs.ts";
import { race, swapping } from "./racing.ts";

/** Two programs that do the same and have different sizes. */
async function programs(place: Place, directory: string) {
  const target = `${directory}/target`;
  const other = `${directory}/other`;
  for (const path of [target, other]) {
    await copyProgram(place.attacker, path);
    await Deno.chown(path, place.caller.uid, place.caller.gid);
  }
  await Deno.writeTextFile(other, "x", { append: true });
  return { target, other };
}

const ownSize = (output: string) =>
  Number(/^own size: (\d+)$/m.exec(output)?.[1]);

interface Executable {
  readonly sha256: string | null;
  readonly size: number;
}

for (const scope of ["read", "write"] as const) {
  attackTest(
    `a program of a ${scope} scope that is exchanged outside is the one in the evidence, or does not run`,
    async (place) => {
      const { target, other } = await programs(place, place[scope]);
      const size = Deno.statSync(target).size;
      assert.equal(
        ownSize((await place.bare([other, "own-size"])).stdout),
        size + 1,
      );
      let stated = 0;
      await swapping(place, target, other, async () => {
        const exchanged = { name: "pinned executable", tests: 2 };
        await race(place, exchanged, [target, "own-size"], {}, (result) => {
          if (result.receipt?.status !== "success") return Promise.resolve();
          const ran = ownSize(result.stdout);
          assert.ok(ran === size || ran === size + 1, result.stdout);
          const [{ facts }] = result.evidence?.commands as [
            { facts: { executables: Executable[] } },
          ];
          // The digest was taken by path, and may have met the other one.
          if (facts.executables[0]?.sha256 !== null) {
            assert.equal(facts.executables[0]?.size, ran);
            stated++;
          }
          return Promise.resolve();
        });
      });
      console.error(`the evidence had its digest in ${stated} rounds`);
    },
    { cscOnly: "states nothing" },
  );
}

import assert from "node:assert/strict";
import { assertPossible } from "./assertions.ts";
import { attackTest } from "./harness.ts";
import type { Place } from "./place.ts";
import { copyProgram } from "./programs.ts";

const ROUNDS = 20;

/** Two programs that do the same and have different bytes. */
async function programs(place: Place) {
  const target = `${place.write}/target`;
  const other = `${place.write}/other`;
  for (const path of [target, other]) {
    await copyProgram(place.attacker, path);
    await Deno.chown(path, place.caller.uid, place.caller.gid);
  }
  await Deno.writeTextFile(other, "x", { append: true });
  return { target, other };
}

const ownSize = (output: string) =>
  Number(/^own size: (\d+)$/m.exec(output)?.[1]);

attackTest(
  "evidence never has the digest of a program that did not run",
  async (place) => {
    const { target, other } = await programs(place);
    const before = Deno.statSync(target).size;
    assertPossible(await place.bareAttack("swap", target, other), "swap");
    assert.equal(
      ownSize((await place.bare([target, "own-size"])).stdout),
      before + 1,
    );

    for (let round = 0; round < ROUNDS; round++) {
      const { target, other } = await programs(place);
      const confined = await place.confined(
        [place.attacker, "swap", target, other],
        { then: [[target, "own-size"]] },
      );
      const ran = ownSize(confined.stdout);
      assert.ok(ran === before || ran === before + 1, confined.stderr);
      const [{ facts }] = confined.evidence?.commands as [
        { facts: { executables: { sha256: string | null; size: number }[] } },
      ];
      const [, stated] = facts.executables;
      if (stated?.sha256 !== null) assert.equal(stated?.size, ran);
    }
  },
  { cscOnly: "states nothing" },
);

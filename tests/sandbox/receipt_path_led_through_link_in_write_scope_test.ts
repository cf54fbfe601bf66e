import assert from "node:assert/strict";
import { assertBlocked } from "./assertions.ts";
import { attackTest } from "./harness.ts";
import type { Place } from "./place.ts";
import type { RunOptions } from "./request.ts";

/** Puts a link to a directory of its own in the place of $1. */
const REPLACE = 'rm -r "$1" && ln -s "$2" "$1" && echo "replaced"';

const FORGED = "forged\n";

/** A turn of the path in the write scope, and how the path goes on behind it. */
const TURNS: [what: string, beyond: string, make: Make][] = [
  ["a link", "", async (place, turn) => {
    await Deno.symlink("../elsewhere", turn);
    assert.equal(await Deno.realPath(turn), `${place.root}/elsewhere`);
  }],
  [
    "a directory that is left again",
    "/../../elsewhere",
    async (place, turn) => {
      await place.mkdir(turn);
    },
  ],
];
type Make = (place: Place, turn: string) => Promise<void>;

for (const [what, beyond, make] of TURNS) {
  attackTest(
    `the way to what csc owns is not led elsewhere by way of ${what}`,
    async (place) => {
      await place.makeKey();
      const elsewhere = await place.mkdir(`${place.root}/elsewhere`, 0o700);
      const key = await Deno.readTextFile(`${place.private}/test.key`);
      await place.file(`${elsewhere}/test.key`, key, 0o600);
      // Behind the attacker's link, the dots lead to its own files as well.
      const forged = await place.mkdir(`${place.write}/a`);
      await place.mkdir(`${forged}/b`);
      await place.mkdir(`${forged}/b/c`);
      await place.mkdir(`${forged}/elsewhere`);
      const target = beyond === "" ? `${forged}/elsewhere` : `${forged}/b/c`;
      await place.file(`${forged}/elsewhere/receipt.json`, FORGED);

      const turn = `${place.write}/turn`;
      const argv = ["/bin/sh", "-c", REPLACE, "sh", turn, target];
      await make(place, turn);
      const bare = await place.bare(argv);
      assert.equal(bare.stdout, "replaced\n", bare.stderr);
      const receipt = `${turn}${beyond}/receipt.json`;
      assert.equal(await Deno.readTextFile(receipt), FORGED);

      await Deno.remove(turn);
      await make(place, turn);
      const ways: RunOptions[] = [
        { receiptOut: receipt },
        { stateDir: `${turn}${beyond}/state` },
        { signingKey: `${turn}${beyond}/test.key` },
      ];
      for (const way of ways) {
        const confined = await place.confined(argv, way);
        assertBlocked(confined);
        assert.equal(confined.stdout, "", "the command was started");
        assert.match(confined.stderr, /by way of ".*\/write\/turn"/);
      }
    },
    { cscOnly: "writes no receipt" },
  );
}

import assert from "node:assert/strict";
import { attackTest } from "./harness.ts";
import { idOf, runStaged, stagedVerb } from "./staged.ts";

/** What somebody does to the host meanwhile, and what csc must not undo. */
const MEANWHILE: readonly (readonly [string, string])[] = [
  ["changes a file that the run has changed", "echo theirs > changed"],
  ["changes a file that the run has deleted", "echo theirs > deleted"],
  ["deletes a file that the run has changed", "rm changed"],
  ["makes a file where the run has made one", "echo theirs > made"],
  [
    "adds a file to a directory that the run has deleted",
    "echo theirs > tree/new",
  ],
  ["changes a file in a directory made anew", "echo theirs > anew/leaf"],
  ["puts the same bytes back", "cp -p changed c; rm changed; mv c changed"],
];
const LINE = "echo ours > changed; rm deleted; echo ours > made; rm -r tree; " +
  "rm -r anew; mkdir anew; echo ours > anew/ours";

attackTest(
  "applying is refused where somebody has changed the host's file meanwhile",
  async (place) => {
    const { write } = place;
    const scene = async () => {
      for (const { name } of Deno.readDirSync(write)) {
        await Deno.remove(`${write}/${name}`, { recursive: true });
      }
      await place.file(`${write}/changed`, "old\n");
      await place.file(`${write}/deleted`, "old\n");
      for (const name of ["tree", "anew"]) {
        await place.mkdir(`${write}/${name}`);
        await place.file(`${write}/${name}/leaf`, "old\n");
      }
    };
    for (const [what, line] of MEANWHILE) {
      for (const when of ["after the run", "during the run"]) {
        await scene();
        const theirs = () => place.bare(["sh", "-c", `cd ${write}; ${line}`]);
        let id: string;
        if (when === "after the run") {
          const confined = await runStaged(place, LINE);
          id = idOf(confined);
          assert.equal((await theirs()).code, 0, what);
        } else {
          const running = runStaged(place, `${LINE}; echo x > mark; sleep 0.7`);
          await new Promise((done) => setTimeout(done, 400));
          assert.equal((await theirs()).code, 0, what);
          id = idOf(await running);
        }
        const before = await place.bare(["sh", "-c", "ls -lR; cat changed"]);
        const applied = await stagedVerb(place, "apply", id);
        assert.notEqual(applied.code, 0, `${what} ${when}: ${applied.stdout}`);
        assert.match(applied.stderr, /changed since the run began/, what);
        const after = await place.bare(["sh", "-c", "ls -lR; cat changed"]);
        assert.equal(after.stdout, before.stdout, `${what} ${when}`);
        assert.equal((await stagedVerb(place, "discard", id)).code, 0);
      }
    }
  },
  { cscOnly: "stages nothing" },
);

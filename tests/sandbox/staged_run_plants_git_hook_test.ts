import assert from "node:assert/strict";
import { attackTest } from "./harness.ts";
import { idOf, runStaged, stagedVerb } from "./staged.ts";

/** Each line comes to start a program later, by another way. */
const WAYS = [
  "mkdir -p .git/hooks && echo evil > .git/hooks/pre-commit",
  "echo evil > .npmrc",
  "mkdir other && echo evil > other/config && ln -s other .git",
  "echo gitdir: other > .git",
  "mkdir -p linked/workflows && echo evil > linked/workflows/ci.yml",
] as const;

attackTest(
  "what starts programs for others does not come to be by applying a staged run",
  async (place) => {
    const { write } = place;
    await place.mkdir(`${write}/linked`);
    await Deno.symlink("linked", `${write}/.github`);
    for (const line of WAYS) {
      const confined = await runStaged(place, line);
      assert.equal(confined.receipt?.status, "success", confined.stderr);
      const id = idOf(confined);
      assert.match(
        (await stagedVerb(place, "diff", id)).stdout,
        /! .*protected/,
      );
      const applied = await stagedVerb(place, "apply", id);
      assert.equal(applied.code, 1, line);
      assert.match(applied.stderr, /protected_paths/);
      const names = [...Deno.readDirSync(write)].map(({ name }) => name);
      assert.deepEqual(names.sort(), [".github", "linked"], line);
      assert.deepEqual([...Deno.readDirSync(`${write}/linked`)], [], line);
      assert.equal((await stagedVerb(place, "discard", id)).code, 0);
    }

    // What is there is held, in a staged scope as in any other.
    await Deno.remove(`${write}/.github`);
    await place.mkdir(`${write}/.git`);
    await place.mkdir(`${write}/.git/hooks`);
    const held = await runStaged(
      place,
      `echo evil > .git/hooks/made || mv .git moved || echo other > .git/HEAD`,
    );
    assert.equal(held.receipt?.status, "success", held.stderr);
    const done = await stagedVerb(place, "apply", idOf(held));
    assert.equal(done.code, 0, done.stderr);
    assert.deepEqual([...Deno.readDirSync(`${write}/.git/hooks`)], []);
    assert.equal(await Deno.readTextFile(`${write}/.git/HEAD`), "other\n");

    // A contract may name it.
    const asked = await runStaged(place, "echo good > pre-commit", {
      writePaths: [`${write}/.git/hooks`],
      contractCwd: `${write}/.git/hooks`,
    });
    assert.equal(asked.receipt?.status, "success", asked.stderr);
    const applied = await stagedVerb(place, "apply", idOf(asked));
    assert.equal(applied.code, 0, applied.stderr);
    assert.equal(
      await Deno.readTextFile(`${write}/.git/hooks/pre-commit`),
      "good\n",
    );
  },
  { cscOnly: "stages nothing" },
);

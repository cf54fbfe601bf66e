import assert from "node:assert/strict";
import { attackTest } from "./harness.ts";
import { idOf, runStaged, stagedVerb } from "./staged.ts";

attackTest(
  "applying never follows a link that somebody has planted meanwhile",
  async (place) => {
    const { write, outside } = place;
    const scene = async () => {
      await place.mkdir(`${write}/sub`);
      await place.file(`${write}/file`, "old\n");
    };
    // Both a directory on the way and the file itself are exchanged.
    const plant = async () => {
      await Deno.remove(`${write}/sub`, { recursive: true });
      await Deno.remove(`${write}/file`);
      await Deno.symlink(outside, `${write}/sub`);
      await Deno.symlink(place.canary, `${write}/file`);
    };
    const line = "echo planted > sub/canary; echo planted > file";
    await scene();
    await plant();
    assert.equal((await place.bare(["sh", "-c", line])).code, 0);
    assert.equal(await Deno.readTextFile(place.canary), "planted\n");
    await place.restoreOutside();
    await Deno.remove(`${write}/sub`);
    await Deno.remove(`${write}/file`);

    await scene();
    const confined = await runStaged(place, line);
    assert.equal(confined.receipt?.status, "success", confined.stderr);
    await plant();
    const applied = await stagedVerb(place, "apply", idOf(confined));
    assert.notEqual(applied.code, 0);
    assert.match(applied.stderr, /sub|file/);
    await place.assertOutsideUntouched();

    // A link that a command leaves is made, and leads nowhere while applying.
    await Deno.remove(`${write}/sub`);
    await Deno.remove(`${write}/file`);
    await scene();
    const linked = await runStaged(
      place,
      `rm file; ln -s ${place.canary} file; rm -r sub; ln -s ${outside} sub`,
    );
    const done = await stagedVerb(place, "apply", idOf(linked));
    assert.equal(done.code, 0, done.stderr);
    assert.equal(await Deno.readLink(`${write}/file`), place.canary);
    assert.equal(await Deno.readLink(`${write}/sub`), outside);
    await place.assertOutsideUntouched();
  },
  { cscOnly: "stages nothing" },
);

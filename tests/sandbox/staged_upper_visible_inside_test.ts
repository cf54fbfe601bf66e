import assert from "node:assert/strict";
import { attackTest } from "./harness.ts";
import { runStaged } from "./staged.ts";

attackTest(
  "a staged command sees neither its layers nor where they lie",
  async (place) => {
    const { write } = place;
    await place.file(`${write}/old`, "old\n");
    // In a state directory that the command may read, were it not for csc.
    const stateDir = await place.mkdir(`${place.read}/state`, 0o700);
    const look = `echo mine > ${write}/mine; cat /proc/self/mountinfo; ` +
      `ls -a / ${place.read}/state; ls -d ${place.read}/state/staged/*; ` +
      `find / -xdev -name "*csc-l*" 2>/dev/null; true`;
    const bare = await place.bare(["sh", "-c", look]);
    assert.equal(bare.code, 0, bare.stderr);

    const confined = await runStaged(place, look, { stateDir });
    assert.equal(confined.receipt?.status, "success", confined.stderr);
    assert.match(confined.stdout, / overlay /);
    // The layers are there, on the host, and have the file.
    const [id = ""] = [...Deno.readDirSync(`${stateDir}/staged`)]
      .map(({ name }) => name);
    assert.equal(
      await Deno.readTextFile(`${stateDir}/staged/${id}/0/upper/mine`),
      "mine\n",
    );
    assert.ok(!confined.stdout.includes(id));
    assert.ok(!/\/staged\//.test(confined.stdout));
    assert.ok(!/^\.csc-/m.test(confined.stdout), confined.stdout);
  },
  { cscOnly: "stages nothing" },
);

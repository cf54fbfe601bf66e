import assert from "node:assert/strict";
import { attackTest } from "./harness.ts";
import { copyProgram } from "./programs.ts";
import { runStaged, stagedVerb } from "./staged.ts";

/** What is there stays executable by name; what the command makes is not. */
const LINE = `
cp "$PWD/tool" made && ./made && echo "ran made"
printf '#!/bin/sh\\necho "ran script"\\n' > script; chmod 755 script; ./script
echo done`;

attackTest(
  "a staged run does not execute what it has written",
  async (place) => {
    const { write } = place;
    const tool = `${write}/tool`;
    await copyProgram("/usr/bin/true", tool);
    await Deno.chown(tool, place.caller.uid, place.caller.gid);
    const bare = await place.bare(["sh", "-c", LINE], { cwd: write });
    assert.match(bare.stdout, /ran made\nran script\ndone/);
    for (const name of ["made", "script"]) {
      await Deno.remove(`${write}/${name}`);
    }

    const confined = await runStaged(place, LINE);
    assert.match(confined.stdout, /^done$/m, confined.stderr);
    assert.doesNotMatch(confined.stdout, /^ran/m);
    const allowed = await runStaged(place, LINE, {
      config: "sandbox: { exec_from_write_scopes: true }\n",
    });
    assert.match(allowed.stdout, /ran made\nran script\ndone/);

    // A program and a script that lie there, and that the contract starts.
    await place.file(`${write}/own`, "#!/bin/sh\necho own\n", 0o755);
    for (const argv of [[tool], [`${write}/own`]]) {
      for (const exec of ["toolchain", "strict"]) {
        const started = await place.confined(argv, {
          config: `sandbox: { exec: ${exec} }\n`,
          wrap: (words) => [...words, "--staged"],
        });
        assert.equal(started.receipt?.status, "success", started.stderr);
      }
    }
    assert.equal((await stagedVerb(place, "staged")).code, 0);
  },
  { cscOnly: "stages nothing" },
);

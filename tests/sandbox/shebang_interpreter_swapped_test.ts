import assert from "node:assert/strict";
import { attackTest } from "./harness.ts";
import type { Place } from "./place.ts";

/** Exchanges the script, its interpreter, and the directories of both. */
const SWAP = `
cp interpreters/evil evil 2>/dev/null
try() { "$@" 2>/dev/null && echo "$1 $2: possible" >&2 || echo "$1 $2: refused" >&2; }
try mv evil interpreters/good
try cp interpreters/evil interpreters/good
try rm -f interpreters/good
try ln -sfn ../evil scripts/run
try mv interpreters elsewhere
try mv scripts away
exit 0`;

/** A script in the write scope, whose interpreter is a script there as well. */
async function lay(place: Place): Promise<string> {
  const run = `${place.write}/scripts/run`;
  await place.mkdir(`${place.write}/scripts`);
  await place.mkdir(`${place.write}/interpreters`);
  await place.file(run, `#!${place.write}/interpreters/good\n`, 0o755);
  for (const name of ["good", "evil"]) {
    const text = `#!/bin/sh\necho "${name} ran"\n`;
    await place.file(`${place.write}/interpreters/${name}`, text, 0o755);
  }
  return run;
}

attackTest(
  "a segment does not exchange the interpreter of the next",
  async (place) => {
    const run = await lay(place);
    const bare = await place.bare(["sh", "-c", `${SWAP.split("exit 0")[0]}:`]);
    const possible = bare.stderr.match(/: possible$/mg) ?? [];
    assert.equal(possible.length, 6, bare.stderr);
    for (const name of Deno.readDirSync(place.write)) {
      await Deno.remove(`${place.write}/${name.name}`, { recursive: true });
    }

    await lay(place);
    const confined = await place.confined(["sh", "-c", SWAP], {
      then: [[run]],
      config: "sandbox: { exec_from_write_scopes: true }\n",
    });
    assert.equal(confined.receipt?.status, "success", confined.stderr);
    assert.equal(confined.stdout, "good ran\n");
    const tried = confined.stderr.match(/: (possible|refused)$/mg) ?? [];
    assert.deepEqual(tried, Array(6).fill(": refused"), confined.stderr);
    const [{ facts }] = confined.evidence?.commands as [
      { facts: { interpreters: { path: string; sha256: string }[] } },
    ];
    assert.deepEqual(
      facts.interpreters.map(({ path }) => path).sort(),
      [`${place.write}/interpreters/good`, await Deno.realPath("/bin/sh")]
        .sort(),
    );
    for (const { sha256 } of facts.interpreters) {
      assert.match(sha256, /^[0-9a-f]{64}$/);
    }
  },
  { cscOnly: "a pipeline" },
);

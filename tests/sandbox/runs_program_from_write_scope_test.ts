import assert from "node:assert/strict";
import { assertRan } from "./assertions.ts";
import { attackTest } from "./harness.ts";
import type { Place } from "./place.ts";
import { copyProgram } from "./programs.ts";

/** Runs what it has just made, in each directory that can be written. */
const SCRIPT = `
for dir in "$PWD" /tmp /var/tmp /dev/shm; do
  cp "$1" "$dir/made" && "$dir/made" read "$1" >/dev/null 2>&1 && echo "ran in $dir"
  printf '#!/bin/sh\\necho "ran in %s"\\n' "$dir" > "$dir/made" && "$dir/made"
  rm -f "$dir/made"
done
echo done
exit 126`;

const ran = (output: string) => output.match(/^ran in .*$/mg) ?? [];

async function run(place: Place, config?: string) {
  const argv = ["sh", "-c", SCRIPT, "sh", place.attacker];
  return await place.confined(argv, config === undefined ? {} : { config });
}

attackTest(
  "what a command has written is not executed",
  async (place) => {
    const argv = ["sh", "-c", SCRIPT, "sh", place.attacker];
    assert.equal(ran((await place.bare(argv)).stdout).length, 8);

    const confined = await run(place);
    assert.match(confined.stdout, /^done$/m);
    assert.deepEqual(ran(confined.stdout), []);
    assert.equal(confined.receipt?.exit_code, 126);
    // Whoever meets the wall by accident is told of it.
    assert.match(confined.stderr, /exec_from_write_scopes: true/);

    const allowed = await run(
      place,
      "sandbox: { exec_from_write_scopes: true }\n",
    );
    assert.equal(ran(allowed.stdout).length, 8, allowed.stderr);
    assert.doesNotMatch(allowed.stderr, /exec_from_write_scopes/);
    assert.equal(stated(allowed.evidence), true);
    assert.equal(stated(confined.evidence), false);
  },
);

function stated(evidence: Record<string, unknown> | null): unknown {
  const profile = evidence?.["sandbox_profile"] as {
    facts: { sandbox_profile: Record<string, unknown> };
  };
  return profile.facts.sandbox_profile["exec_from_write_scopes"];
}

attackTest(
  "of a write scope only the program that the policy names is executed",
  async (place) => {
    const named = `${place.write}/named`;
    const other = `${place.write}/other`;
    for (const path of [named, other]) {
      await copyProgram(place.attacker, path);
      await Deno.chown(path, place.caller.uid, place.caller.gid);
    }
    const argv = [named, "read", place.attacker];
    assertRan(await place.confined(argv));
    const confined = await place.confined(["sh", "-c", `${other} read x`], {
      then: [argv],
    });
    assert.match(confined.stderr, /Permission denied/);
    assert.notEqual(confined.receipt?.status, "success");
  },
  { cscOnly: "a program that a policy names" },
);

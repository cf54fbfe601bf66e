import assert from "node:assert/strict";
import { assertPossible } from "./assertions.ts";
import { attackTest, skipSecurityTest } from "./harness.ts";
import type { Place } from "./place.ts";
import { copyProgram } from "./programs.ts";

const STRICT = "sandbox: { exec: strict }\n";

/** Programs of the system and of both scopes; the shell's own words need none. */
const RUN = `
try() { "$@" >/dev/null 2>&1; [ $? -eq 126 ] && echo "$1: refused" || echo "$1: possible"; }
try /usr/bin/env true
try cat /dev/null
try ls /
try ./program read /dev/null
try "$1" read /dev/null
echo done`;
const PROGRAMS = 5;

async function lay(place: Place): Promise<string> {
  const planted = `${place.write}/program`;
  await copyProgram(place.attacker, planted);
  await Deno.chown(planted, place.caller.uid, place.caller.gid);
  return planted;
}

attackTest(
  "under exec: strict nothing is executed but what the policy names",
  async (place) => {
    await lay(place);
    const argv = ["sh", "-c", RUN, "sh", place.attacker];
    const bare = await place.bare(argv);
    assert.equal(bare.stdout.match(/: possible$/mg)?.length, PROGRAMS);

    const confined = await place.confined(argv, { config: STRICT });
    if (/Landlock/.test(confined.receipt?.error ?? "")) {
      assert.equal(confined.receipt?.status, "blocked");
      skipSecurityTest("this kernel has no Landlock");
    }
    assert.match(confined.stdout, /^done$/m, confined.stderr);
    assert.deepEqual(confined.stdout.match(/: possible$/mg), null);
    assert.equal(confined.stdout.match(/: refused$/mg)?.length, PROGRAMS);
    const [{ plan }] = confined.evidence?.commands as [
      { plan: { executables_allowed: string[] } },
    ];
    assert.ok(
      plan.executables_allowed.includes(await Deno.realPath("/bin/sh")),
    );
    assert.ok(plan.executables_allowed.length <= 2);

    // Also not what exec_from_write_scopes allows otherwise.
    const loose = await place.confined(argv, {
      config: "sandbox: { exec: strict, exec_from_write_scopes: true }\n",
    });
    assert.deepEqual(loose.stdout.match(/: possible$/mg), null);

    // What the policy names works, and all that files are used for.
    const working =
      `cat "$1" > "$PWD/copy" && cat copy | ls copy && env sh -c 'echo inner'`;
    await place.file(`${place.read}/text`, "text\n");
    const allowed = await place.confined(
      ["sh", "-c", working, "sh", `${place.read}/text`],
      {
        config: STRICT,
        policy: { allow_commands: ["sh", "cat", "ls", "env"] },
      },
    );
    assert.equal(allowed.stdout, "copy\ninner\n", allowed.stderr);
  },
  { cscOnly: "a policy that names programs" },
);

attackTest(
  "under exec: strict no program is made in memory",
  async (place) => {
    const argv = [place.attacker, "memfd", "read", place.secret];
    const bare = await place.bare(argv);
    assertPossible(bare, `read ${place.secret}`);

    // By default it can be executed, and is confined like any other.
    const usual = await place.confined(argv);
    assert.match(usual.stdout, /^execute a memory file: attempted$/m);
    assert.match(usual.stdout, /^read .*: refused/m);
    const confined = await place.confined(argv, { config: STRICT });
    if (/Landlock/.test(confined.receipt?.error ?? "")) {
      skipSecurityTest("this kernel has no Landlock");
    }
    assert.equal(confined.receipt?.exit_code, 70, confined.stderr);
    assert.doesNotMatch(confined.stdout, /execute a memory file/);
  },
  { cscOnly: "a sandbox profile" },
);

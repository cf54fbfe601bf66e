import assert from "node:assert/strict";
import {
  assertPossible,
  assertRan,
  assertRefused,
  tries,
} from "./assertions.ts";
import { attackTest, skipSecurityTest } from "./harness.ts";
import { copyProgram } from "./programs.ts";

attackTest("a set-user-id program gives its caller nothing", async (place) => {
  if (Deno.uid() !== 0) {
    skipSecurityTest("only root can make a program of another user");
  }
  const program = `${place.read}/setuid`;
  await copyProgram(place.attacker, program);
  // Of root for the user; of anybody else for root, who has no more to gain.
  const owner = place.caller.name === "root" ? 4242 : 0;
  await Deno.chown(program, owner, owner);
  await Deno.chmod(program, 0o6755);
  const bare = await place.bare([program, "identity"]);
  if (tries(bare.stdout).get("gain an identity") !== "possible") {
    skipSecurityTest("set-user-id has no effect below /tmp here");
  }
  assertPossible(bare, "gain an identity");
  assert.ok(bare.stdout.includes(`euid: ${owner}\n`));

  const confined = await place.confined([program, "identity"]);
  assertRan(confined);
  assertRefused(confined, "gain an identity");
});

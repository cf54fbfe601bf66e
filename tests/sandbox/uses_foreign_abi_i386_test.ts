import {
  assertPossible,
  assertRan,
  assertRefusedOrKilled,
  tries,
} from "./assertions.ts";
import { attackTest, skipSecurityTest } from "./harness.ts";

const CALLS = ["i386 getpid", "i386 unshare"];

attackTest(
  "system calls of i386 and x32 do not slip past the filter",
  async (place) => {
    const bare = await place.bareAttack("i386");
    if (Deno.build.arch !== "x86_64") skipSecurityTest("no foreign ABI here");
    const supported = tries(bare.stdout).get("i386 getpid") === "possible";
    if (supported) assertPossible(bare, ...CALLS);

    const confined = await place.confinedAttack("i386");
    assertRan(confined);
    assertRefusedOrKilled(confined, ...CALLS, "x32 getpid");
    if (!supported) skipSecurityTest("this kernel has no 32-bit gate");
  },
);

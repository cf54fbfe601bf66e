import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest, skipSecurityTest } from "./harness.ts";
import { copyProgram } from "./programs.ts";

attackTest(
  "a program with file capabilities gives its caller none",
  async (place) => {
    if (Deno.uid() !== 0) skipSecurityTest("only root can make such a program");
    const program = `${place.read}/capable`;
    await copyProgram(place.attacker, program);
    const { success } = await new Deno.Command(place.attacker, {
      args: ["file-capabilities", program],
    }).output();
    assert.ok(success);
    assertPossible(
      await place.bare([program, "effective-capabilities"]),
      "gain a capability",
    );

    const confined = await place.confined([program, "effective-capabilities"]);
    // Executing it at all may be refused: it demands what it cannot have.
    if (confined.subject !== "csc" && confined.code === 126) return;
    assertRan(confined);
    assertRefused(confined, "gain a capability");
  },
  { callers: ["user"] },
);

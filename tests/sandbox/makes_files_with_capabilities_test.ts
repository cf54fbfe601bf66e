import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";
import { copyProgram } from "./programs.ts";

attackTest(
  "a command leaves no program that gives capabilities to its finder",
  async (place) => {
    const program = `${place.write}/program`;
    await copyProgram(place.attacker, program);
    await Deno.chown(program, place.caller.uid, place.caller.gid);
    assertPossible(
      await place.bareAttack("file-capabilities", program),
      "give capabilities",
    );

    const fresh = `${place.write}/fresh`;
    await copyProgram(place.attacker, fresh);
    await Deno.chown(fresh, place.caller.uid, place.caller.gid);
    const confined = await place.confinedAttack("file-capabilities", fresh);
    assertRan(confined);
    assertRefused(confined, "give capabilities");
  },
  { callers: ["root"] },
);

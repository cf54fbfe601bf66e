import assert from "node:assert/strict";
import { assertRan, assertRefused, tries } from "./assertions.ts";
import { attackTest } from "./harness.ts";
import { copyProgram, cscProgram } from "./programs.ts";

const MARK = "owned by the attacker";

attackTest(
  "no /proc/N/exe gives csc, its launcher or the command away",
  async (place) => {
    const victim = `${place.write}/victim`;
    await copyProgram(place.attacker, victim);
    await Deno.chmod(victim, 0o777);
    await place.bare([victim, "victim", place.attacker, "proc-exe", "parent"]);
    assert.equal(await beginning(victim), MARK);

    // A copy, since a wall that falls here would take the real csc along.
    const csc = `${place.root}/csc`;
    await copyProgram(await cscProgram(place.caller), csc);
    await Deno.chmod(csc, 0o777);
    const before = [await beginning(csc), await beginning(place.attacker)];
    const confined = await place.confined([place.attacker, "proc-exe", "all"], {
      csc,
    });
    assertRan(confined);
    const opened = [...tries(confined.stdout).keys()].filter((label) =>
      label.startsWith("open for writing ")
    );
    assert.ok(opened.includes("open for writing /proc/1/exe"));
    assertRefused(confined, ...opened);
    if (confined.subject === "csc") {
      // Not even held, for a write after its end; and csc is not among them.
      assertRefused(confined, "hold /proc/1/exe");
      const seen = /^processes seen: (\d+)$/m.exec(confined.stdout)?.[1];
      assert.ok(Number(seen) <= 2, `${seen} processes`);
    }
    assert.deepEqual(
      [await beginning(csc), await beginning(place.attacker)],
      before,
    );
  },
);

async function beginning(path: string): Promise<string> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(MARK.length);
  await file.read(bytes);
  return new TextDecoder("latin1").decode(bytes);
}

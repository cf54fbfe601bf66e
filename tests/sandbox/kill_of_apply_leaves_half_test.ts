import assert from "node:assert/strict";
import { attackTest } from "./harness.ts";
import { idOf, runStaged, stagedVerb } from "./staged.ts";
import { cscProgram } from "./programs.ts";

/** How often apply is killed; CSC_CAMPAIGN has more of it. */
const KILLS = Number(Deno.env.get("CSC_CAMPAIGN") ?? 6);
const FILES = 30;
const PHASES = ["committing", "preparing"];
const MAKE = `i=0; while [ $i -lt ${FILES} ]; do echo new $i > new$i; ` +
  "echo changed $i > old$i; rm -r dir$i; mkdir dir$i; echo anew > dir$i/anew; " +
  "rm gone$i; i=$((i+1)); done";

attackTest(
  "an apply that is killed is completed, or never was",
  async (place) => {
    const { write } = place;
    const csc = await cscProgram(place.caller);
    let hits = 0;
    for (let round = 0; round < KILLS; round++) {
      for (const { name } of Deno.readDirSync(write)) {
        await Deno.remove(`${write}/${name}`, { recursive: true });
      }
      const made = await place.bare([
        "sh",
        "-c",
        `i=0; while [ $i -lt ${FILES} ]; do
        echo old > old$i; echo gone > gone$i; mkdir dir$i; echo leaf > dir$i/leaf
        i=$((i+1)); done`,
      ]);
      assert.equal(made.code, 0, made.stderr);
      const confined = await runStaged(place, MAKE);
      assert.equal(confined.receipt?.status, "success", confined.stderr);
      const id = idOf(confined);
      const state = `${place.private}/state`;
      const apply = place.start([csc, "apply", id, "--state-dir", state]);
      // Not sooner than the phase has begun, and then anywhere in it.
      const phase = PHASES[round % PHASES.length]!;
      const journal = `${state}/staged/${id}/apply.json`;
      while (!apply.ended && !readOrEmpty(journal).includes(phase)) {
        await new Promise((done) => setTimeout(done, 1));
      }
      await new Promise((done) => setTimeout(done, 3 * round));
      apply.kill("SIGKILL");
      await apply.end();
      if (readOrEmpty(journal).includes(phase)) hits++;

      const again = await stagedVerb(place, "apply", id);
      const over = (await stagedVerb(place, "staged")).stdout;
      if (again.code !== 0) {
        assert.match(over, /nothing is staged/, again.stderr);
      }
      assert.ok(isWhole(write), `round ${round}: ${again.stderr}`);
      assert.match(over, /nothing is staged/);
    }
    assert.ok(hits > 0, "no kill met an apply in the middle");
    console.error(`killed ${KILLS} times, ${hits} of them in the middle`);
  },
  { cscOnly: "stages nothing" },
);

/** Just what the run has left, and nothing of csc's. */
function isWhole(write: string): boolean {
  const names = [...Deno.readDirSync(write)].map(({ name }) => name);
  return names.length === 3 * FILES &&
    names.every((name) => {
      const [, kind, number] = /^(new|old|dir)(\d+)$/.exec(name) ?? [];
      const path = `${write}/${name}`;
      if (kind === "dir") {
        return [...Deno.readDirSync(path)].map((one) => one.name).join() ===
          "anew";
      }
      const text = kind === "new" ? "new" : "changed";
      return kind !== undefined &&
        Deno.readTextFileSync(path) === `${text} ${number}\n`;
    });
}

function readOrEmpty(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

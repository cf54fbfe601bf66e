import assert from "node:assert/strict";
import { attackTest } from "./harness.ts";
import { idOf, runStaged, stagedVerb } from "./staged.ts";

const LINE = "echo new > new; echo changed > old; rm gone; rm -r tree; " +
  "mkdir tree; echo again > tree/again; ln -s /etc/passwd link; chmod 600 kept";

attackTest(
  "what a staged run writes is not on the host before it is applied",
  async (place) => {
    const { write } = place;
    const set = async () => {
      for (const name of ["old", "gone", "kept"]) {
        await place.file(`${write}/${name}`, `${name}\n`);
      }
      await place.mkdir(`${write}/tree`);
      await place.file(`${write}/tree/leaf`, "leaf\n");
    };
    await set();
    const before = look(write);
    assert.equal((await place.bare(["sh", "-c", LINE])).code, 0);
    const wanted = look(write);
    assert.notDeepEqual(wanted, before);
    for (const { name } of Deno.readDirSync(write)) {
      await Deno.remove(`${write}/${name}`, { recursive: true });
    }
    await set();

    const confined = await runStaged(place, `${LINE}; cat old tree/again`);
    assert.equal(confined.receipt?.status, "success", confined.stderr);
    assert.match(confined.stdout, /changed\nagain/);
    assert.deepEqual(look(write), before);
    const shown = await stagedVerb(place, "diff", idOf(confined));
    assert.equal(shown.code, 0, shown.stderr);
    for (const sign of ["+ ", "~ ", "- "]) {
      assert.ok(shown.stdout.includes(sign));
    }

    const applied = await stagedVerb(place, "apply", idOf(confined));
    assert.equal(applied.code, 0, applied.stderr);
    assert.deepEqual(look(write), wanted);
    assert.match(
      (await stagedVerb(place, "staged")).stdout,
      /nothing is staged/,
    );
  },
  { cscOnly: "stages nothing" },
);

/** Everything below a directory: kind, mode, owner, content. */
function look(path: string): string[] {
  const lines: string[] = [];
  for (const { name } of Deno.readDirSync(path)) {
    const one = `${path}/${name}`;
    const { isDirectory, isSymlink, mode, uid } = Deno.lstatSync(one);
    const content = isSymlink
      ? Deno.readLinkSync(one)
      : isDirectory
      ? look(one).join(" ")
      : Deno.readTextFileSync(one);
    lines.push(
      `${name} ${((mode ?? 0) & 0o777777).toString(8)} ${uid} ${content}`,
    );
  }
  return lines.sort();
}

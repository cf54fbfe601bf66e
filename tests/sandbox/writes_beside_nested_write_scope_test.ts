import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest(
  "a write scope inside a read scope makes nothing beside it writable",
  async (place) => {
    const inner = await place.mkdir(`${place.write}/inner`);
    const beside = await place.file(`${place.write}/beside`, "as it was\n");
    const paths = [beside, `${place.write}/new`, `${inner}/../up`];
    const labels = paths.map((path) => `write ${path}`);
    assertPossible(await place.bareAttack("write", ...paths), ...labels);
    for (const path of paths) await Deno.remove(path);
    await place.file(beside, "as it was\n");

    const allowed = `${inner}/allowed`;
    const confined = await place.confined(
      [place.attacker, "write", ...paths, allowed],
      {
        contractCwd: inner,
        readPaths: [place.read, place.write],
        writePaths: [inner],
      },
    );
    assertRan(confined);
    assertRefused(confined, ...labels);
    assertPossible(confined, `write ${allowed}`);
    assert.equal(await Deno.readTextFile(beside), "as it was\n");
  },
);

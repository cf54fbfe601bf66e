import assert from "node:assert/strict";
import { assertRan, assertRefused, tries } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest(
  "the directory of a scope keeps its place and its mode",
  async (place) => {
    const ways = ["rename", "unlink"];
    const bare = await place.mkdir(`${place.write}/bare`);
    assert.equal(
      tries((await place.bareAttack("tamper", bare)).stdout).get("rename"),
      "possible",
    );

    const scope = await place.mkdir(`${place.root}/scope`);
    const confined = await place.confined([place.attacker, "tamper", scope], {
      contractCwd: place.read,
      writePaths: [scope],
      writePrefixes: [scope],
    });
    assertRan(confined);
    assertRefused(confined, ...ways);
    assert.ok((await Deno.lstat(scope)).isDirectory);
  },
);

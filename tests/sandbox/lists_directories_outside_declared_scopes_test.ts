import assert from "node:assert/strict";
import { assertRan } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest("names beside the scopes are not listed", async (place) => {
  const bare = await place.bareAttack("list", place.root);
  assert.deepEqual(names(bare.stdout), [
    "home",
    "outside",
    "private",
    "read",
    "write",
  ]);

  const confined = await place.confinedAttack("list", place.root);
  assertRan(confined);
  assert.deepEqual(names(confined.stdout), ["read", "write"]);
});

function names(output: string): string[] {
  return [...output.matchAll(/^name: ([^.].*)$/gm)].map(([, name]) => name!)
    .sort();
}

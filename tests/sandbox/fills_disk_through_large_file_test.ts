import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

const WAYS = ["allocate", "sparse write", "truncate to size"];

attackTest("a file does not grow beyond 100 MiB", async (place) => {
  const path = `${place.write}/large`;
  assertPossible(await place.bareAttack("large-file", path, "128"), ...WAYS);
  await Deno.remove(path);

  const confined = await place.confinedAttack("large-file", path, "128");
  assertRan(confined);
  assertRefused(confined, ...WAYS);
  assert.ok((await Deno.stat(path)).size <= 100 * 1024 * 1024);
});

import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

const TAMPERING = ["truncate", "chmod", "utimens", "rename", "unlink"];

attackTest("a file in the read scope stays as it is", async (place) => {
  const path = `${place.read}/source`;
  await place.file(path, "source\n");
  assertPossible(await place.bareAttack("tamper", path), ...TAMPERING);

  await place.file(path, "source\n");
  const confined = await place.confinedAttack("tamper", path);
  assertRan(confined);
  assertRefused(confined, ...TAMPERING);
  const created = `${place.read}/created`;
  const second = await place.confined(
    [place.attacker, "write", path, created, "relative"],
    { contractCwd: place.read },
  );
  assertRan(second);
  assertRefused(second);
  assert.equal(await Deno.readTextFile(path), "source\n");
  assert.deepEqual(
    [...Deno.readDirSync(place.read)].map((entry) => entry.name).sort(),
    ["attacker", "source"],
  );
});

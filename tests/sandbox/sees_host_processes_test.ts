import assert from "node:assert/strict";
import { assertRan } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest("only processes of the run are visible", async (place) => {
  const target = place.start([place.attacker, "sleep", "60"]);
  await target.until("sleeping");
  const marked = `${place.attacker} sleep 60`;
  const bare = await place.bareAttack("processes");
  assert.ok(bare.stdout.includes(marked));

  const confined = await place.confinedAttack("processes");
  assertRan(confined);
  assert.ok(!confined.stdout.includes(marked));
  if (confined.subject !== "csc") return;
  const seen = Number(/^processes seen: (\d+)$/m.exec(confined.stdout)?.[1]);
  assert.ok(seen >= 1 && seen <= 2, `${seen} processes\n${confined.stdout}`);
  assert.ok(!confined.stdout.includes("test.key"), "a path of csc in an argv");
});

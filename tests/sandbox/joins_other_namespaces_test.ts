import assert from "node:assert/strict";
import {
  assertPossible,
  assertRan,
  assertRefused,
  tries,
} from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest("setns leads into no other namespace", async (place) => {
  const target = place.start([place.attacker, "sleep", "60"]);
  await target.until("sleeping");
  const pid = String(target.pid);
  assertPossible(
    await place.bareAttack("setns", pid),
    `join /proc/${pid}/ns/mnt`,
    `join /proc/${pid}/ns/net`,
  );

  const confined = await place.confinedAttack("setns", "1", "self", pid);
  assertRan(confined);
  const joins = [...tries(confined.stdout).keys()].filter((label) =>
    label.startsWith("join ")
  );
  assert.equal(joins.length, 15);
  assertRefused(confined, ...joins);
}, { callers: ["root"] });

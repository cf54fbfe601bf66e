import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest("no second root leads out of the first", async (place) => {
  const jail = await place.mkdir(`${place.write}/jail`);
  const argv = ["chroot", jail, place.secret];
  const bare = await place.bareAttack(...argv);
  assertPossible(bare, "chroot", "chroot back", "read outside");
  assert.ok(bare.stdout.includes(place.secretText));
  assertPossible(await place.bareAttack("pivot-root", jail), "pivot_root");

  const chroot = await place.confinedAttack(...argv);
  assertRan(chroot);
  assertRefused(chroot, "chroot", "chroot back", "read outside");
  assert.ok(!chroot.stdout.includes(place.secretText));
  const pivot = await place.confinedAttack("pivot-root", jail);
  assertRan(pivot);
  assertRefused(pivot, "take a mount namespace", "pivot_root");
});

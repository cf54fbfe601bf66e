import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

const WAYS = [
  "take a mount namespace",
  "mount tmpfs",
  "bind",
  "remount writable",
  "unmount",
  "fsopen",
  "open_tree clone",
  "move_mount",
  "fspick",
  "mount_setattr",
];

attackTest("nothing is mounted, remounted or unmounted", async (place) => {
  assertPossible(await place.bareAttack("mounts", place.write), ...WAYS);

  const confined = await place.confinedAttack("mounts", place.write);
  assertRan(confined);
  assertRefused(confined, ...WAYS);
  const scope = await place.confinedAttack("mounts", place.read);
  assertRan(scope);
  assertRefused(scope, ...WAYS);
});

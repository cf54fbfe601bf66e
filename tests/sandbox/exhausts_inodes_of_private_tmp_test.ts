import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

/** One inode for 4 KiB of its size, of which it has 64 MiB. */
const INODES = 16384;
/** Made like the private /tmp; bare, it spares the disk so many files. */
const DIRECTORY = "/dev/shm";

attackTest("a private file system has a number of files", async (place) => {
  const argv = ["many-files", DIRECTORY, String(INODES + 10)];
  assertPossible(await place.bareAttack(...argv), "make files");

  const confined = await place.confinedAttack(...argv);
  assertRan(confined);
  assertRefused(confined, "make files");
  const made = Number(/^files: (\d+)$/m.exec(confined.stdout)?.[1]);
  assert.ok(made > 0 && made < INODES, `${made} files`);
});

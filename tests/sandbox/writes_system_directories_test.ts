import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest("system directories are not writable", async (place) => {
  const name = `.csc-attack-${crypto.randomUUID()}`;
  const paths = ["/usr/local", "/usr", "/etc", "/var", ""].map((directory) =>
    `${directory}/${name}`
  );
  const labels = paths.map((path) => `write ${path}`);
  try {
    assertPossible(await place.bareAttack("write", ...paths), ...labels);
  } finally {
    for (const path of paths) await Deno.remove(path).catch(() => {});
  }

  const confined = await place.confinedAttack("write", ...paths);
  assertRan(confined);
  for (const path of paths) {
    assert.equal(await exists(path), false, `${path} was written on the host`);
  }
  if (confined.subject !== "csc") return;
  // The root itself is private to the run; the host's directories are read-only.
  assertRefused(confined, ...labels.slice(0, 3));
}, { callers: ["root"] });

function exists(path: string): Promise<boolean> {
  return Deno.lstat(path).then(() => true, () => false);
}

/** Other names of sealed places. */
import assert from "node:assert/strict";
import { withAliases } from "../../../src/execute/mount_aliases.ts";

const ROOT = "20 1 8:1 / / rw - ext4 /dev/sda1 rw\n";
const OTHER = "21 20 8:2 / /data rw - ext4 /dev/sda2 rw\n";

function aliases(path: string, mountinfo: string): string[] {
  return withAliases([{ path, reads: "refuse" }], mountinfo)
    .slice(1).map((seal) => {
      assert.equal(seal.reads, "refuse");
      return seal.path;
    });
}

Deno.test("withAliases() adds none where every device is mounted once", () => {
  assert.deepEqual(aliases("/keys/ci.key", ROOT + OTHER), []);
  assert.deepEqual(aliases("/keys/ci.key", ""), []);
});

Deno.test("withAliases() follows a bind mount of a directory above, of the file itself, and of a part", () => {
  const above = "30 20 8:1 /keys /srv/work/k rw - ext4 /dev/sda1 rw\n";
  assert.deepEqual(aliases("/keys/ci.key", ROOT + above), [
    "/srv/work/k/ci.key",
  ]);
  const file = "30 20 8:1 /keys/ci.key /srv/one rw - ext4 /dev/sda1 rw\n";
  assert.deepEqual(aliases("/keys/ci.key", ROOT + file), ["/srv/one"]);
  const part = "30 20 8:1 /state/runs /srv/runs rw - ext4 /dev/sda1 rw\n";
  assert.deepEqual(aliases("/state", ROOT + part), ["/srv/runs"]);
});

Deno.test("withAliases() finds the original of a place that is itself a bind mount", () => {
  const bind = "30 20 8:1 /real/keys /keys rw - ext4 /dev/sda1 rw\n";
  assert.deepEqual(aliases("/keys/ci.key", ROOT + bind), ["/real/keys/ci.key"]);
});

Deno.test("withAliases() takes the mount that covers, and names with blanks as they are", () => {
  const covered = OTHER +
    "31 20 8:3 / /data rw - ext4 /dev/sdc rw\n" +
    "32 20 8:3 /my\\040keys /srv/a\\134b\\303\\244 rw - ext4 /dev/sdc rw\n";
  assert.deepEqual(aliases("/data/my keys/k", ROOT + covered), [
    "/srv/a\\b\u00e4/k",
  ]);
});

Deno.test("withAliases() mistakes no neighbour for the place", () => {
  const near = "30 20 8:1 /keys2 /srv/k rw - ext4 /dev/sda1 rw\n";
  assert.deepEqual(aliases("/keys/ci.key", ROOT + near), []);
});

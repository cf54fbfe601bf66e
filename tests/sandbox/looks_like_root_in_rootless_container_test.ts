import assert from "node:assert/strict";
import { assertRan } from "./assertions.ts";
import { attackTest, skipSecurityTest } from "./harness.ts";

attackTest(
  "root of a rootless container is not even by number root in a sandbox",
  async (place) => {
    const wrap = (argv: readonly string[]) => [
      ...["unshare", "--user", "--map-root-user"],
      ...argv,
    ];
    const argv = ["/bin/sh", "-c", "id -u; id -g; echo x > made"];
    const bare = await place.bare(argv, { wrap });
    if (bare.code !== 0) skipSecurityTest("no user namespaces for users here");
    assert.equal(bare.stdout, "0\n0\n");
    await Deno.remove(`${place.write}/made`);

    const confined = await place.confined(argv, { wrap });
    assertRan(confined);
    assert.match(confined.stdout, /^[1-9]\d*\n[1-9]\d*\n$/);
    const { uid, gid } = await Deno.stat(`${place.write}/made`);
    assert.deepEqual({ uid, gid }, {
      uid: place.caller.uid,
      gid: place.caller.gid,
    });
  },
  { callers: ["user"] },
);

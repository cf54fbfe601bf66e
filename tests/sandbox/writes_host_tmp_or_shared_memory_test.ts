import assert from "node:assert/strict";
import { assertPossible, assertRan, tries } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest(
  "/tmp, /var/tmp and /dev/shm inside are not those of the host",
  async (place) => {
    const name = `csc-attack-${crypto.randomUUID()}`;
    const paths = ["/tmp", "/var/tmp", "/dev/shm"].map((directory) =>
      `${directory}/${name}`
    );
    assertPossible(
      await place.bareAttack("write", ...paths),
      ...paths.map((path) => `write ${path}`),
    );
    for (const path of paths) await Deno.remove(path);

    const confined = await place.confinedAttack("write", ...paths);
    assertRan(confined);
    assert.equal(tries(confined.stdout).size, paths.length);
    for (const path of paths) {
      const reached = await Deno.remove(path).then(() => true, () => false);
      assert.equal(reached, false, `${path} appeared on the host`);
    }
  },
);

import assert from "node:assert/strict";
import { assertRan, assertRefused, tries } from "./assertions.ts";
import { attackTest, skipSecurityTest } from "./harness.ts";

const MIB = "1088";

for (const directory of ["/tmp", "/var/tmp", "/dev/shm"]) {
  attackTest(`the private ${directory} has a size`, async (place) => {
    const bare = await place.bareAttack("fill", directory, MIB);
    if (tries(bare.stdout).get("fill") !== "possible") {
      skipSecurityTest(`${directory} of this machine has no ${MIB} MiB`);
    }

    const confined = await place.confinedAttack("fill", directory, MIB);
    assertRan(confined);
    assertRefused(confined, "fill");
    const size = Number(/^size MiB: (\d+)$/m.exec(confined.stdout)?.[1]);
    assert.ok(size > 0 && size <= 1024, `${size} MiB`);
  });
}

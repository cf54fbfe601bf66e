import assert from "node:assert/strict";
import { assertRan } from "./assertions.ts";
import { attackTest } from "./harness.ts";

const MIB = "1024";

attackTest(
  "csc does not grow with what a command prints",
  async (place) => {
    const wrap = (argv: readonly string[]) => [place.attacker, "peak", ...argv];
    // A caller that keeps all it is given.
    const keeping = 'kept=$("$@"); echo "${#kept}"';
    const bare = await place.bare(
      ["/bin/sh", "-c", keeping, "sh", place.attacker, "flood", "256"],
      { wrap },
    );
    assert.ok(peak(bare.stdout) > 256, bare.stdout);

    const confined = await place.confined([place.attacker, "flood", MIB], {
      wrap,
    });
    assertRan(confined);
    assert.ok(peak(confined.stdout) <= 120, confined.stdout);
  },
  { cscOnly: "keeps no output" },
);

function peak(output: string): number {
  return Number(/^peak MiB: (\d+)$/m.exec(output)?.[1]);
}

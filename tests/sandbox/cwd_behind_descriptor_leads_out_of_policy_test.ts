import assert from "node:assert/strict";
import { assertBlocked } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest(
  "a cwd below /proc/self/fd is no way to a directory that the caller holds",
  async (place) => {
    const wrap = (argv: readonly string[]) => [
      "/bin/sh",
      "-c",
      'exec 9<"$0"; exec "$@"',
      place.outside,
      ...argv,
    ];
    const bare = await place.bare(
      ["/bin/sh", "-c", "cd /proc/self/fd/9 && cat secret"],
      { wrap },
    );
    assert.ok(bare.stdout.includes(place.secretText), bare.stderr);

    const confined = await place.confined(
      [place.attacker, "read", "secret"],
      { wrap, contractCwd: "/proc/self/fd/9", cwdPrefixes: ["/proc"] },
    );
    assertBlocked(confined, confined.receipt?.exit_code);
    assert.equal(confined.stdout, "", "the command was started");
  },
  { cscOnly: "has no policy" },
);

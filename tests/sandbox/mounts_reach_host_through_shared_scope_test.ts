import assert from "node:assert/strict";
import { assertRan } from "./assertions.ts";
import { attackTest } from "./harness.ts";

/** What is mounted in `$1` once the rest has ended, with `$1` shared with others. */
const SHARED = 'mount --bind "$1" "$1" && mount --make-shared "$1" && ' +
  'place=$1 && shift && "$@"; code=$?; ' +
  'grep -c " $place/" /proc/self/mountinfo >&2; exit "$code"';

attackTest(
  "nothing that a sandbox mounts appears on the host, also in a shared mount",
  async (place) => {
    const wrap = (argv: readonly string[]) => [
      ...["unshare", "--mount", "/bin/sh", "-c", SHARED, "sh"],
      ...[place.read, ...argv],
    ];
    const inside = `${place.read}/inside`;
    await place.mkdir(inside, 0o700);
    const bare = await place.bare([
      ...["unshare", "--mount", "--propagation", "unchanged"],
      ...["mount", "-t", "tmpfs", "none", inside],
    ], { wrap });
    assert.deepEqual([bare.code, bare.stderr.trim()], [0, "1"]);

    // The state directory lies in the read scope and is covered there.
    const confined = await place.confined([place.attacker, "list", inside], {
      stateDir: inside,
      wrap,
    });
    assertRan(confined);
    const [evidence] = [JSON.stringify(confined.evidence)];
    assert.ok(evidence?.includes(`{"op":"mask","path":"${inside}"}`));
    assert.ok(!confined.stdout.includes("name: runs"), confined.stdout);
    assert.match(confined.stderr, /^0$/m);
  },
  { callers: ["root"], cscOnly: "has no state to hide" },
);

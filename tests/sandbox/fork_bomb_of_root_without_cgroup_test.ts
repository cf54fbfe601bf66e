import assert from "node:assert/strict";
import {
  assertBlocked,
  assertPossible,
  assertRan,
  assertRefused,
} from "./assertions.ts";
import { attackTest } from "./harness.ts";

const WITHOUT_CGROUPS =
  'while umount -R /sys/fs/cgroup 2>/dev/null; do :; done; exec "$@"';

attackTest(
  "a fork bomb of root's ends at 100 processes where there is no cgroup",
  async (place) => {
    const wrap = (argv: readonly string[]) => [
      ...["unshare", "--mount", "/bin/sh", "-c", WITHOUT_CGROUPS, "sh"],
      ...argv,
    ];
    const argv = [place.attacker, "fork-bomb", "400"];
    assertPossible(await place.bare(argv, { wrap }), "fork all");

    const confined = await place.confined(argv, { wrap });
    assertRan(confined);
    assertRefused(confined, "fork all");
    const alive = Number(/^alive: (\d+)$/m.exec(confined.stdout)?.[1]);
    assert.ok(alive > 0 && alive < 100, `${alive} children`);

    if (confined.subject !== "csc") return;
    // The kernel exempts uid 0 from that limit.
    const config = "sandbox: {run_as: keep-root}\n";
    assertBlocked(await place.confined(argv, { wrap, config }));
  },
  { callers: ["root"] },
);

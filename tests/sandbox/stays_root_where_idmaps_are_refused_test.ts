import assert from "node:assert/strict";
import { assertBlocked, assertRan } from "./assertions.ts";
import { attackTest } from "./harness.ts";

/** ramfs keeps no account of its user namespaces: it has no idmapped mounts. */
const ON_RAMFS = 'mount -t ramfs none "$1" && shift && exec "$@"';

attackTest(
  "a file system that cannot change owners blocks the run, unless root is kept",
  async (place) => {
    const wrap = (argv: readonly string[]) => [
      ...["unshare", "--mount", "/bin/sh", "-c", ON_RAMFS, "sh"],
      ...[place.write, ...argv],
    ];
    const argv = ["/bin/sh", "-c", "id -u; echo x > made"];
    const bare = await place.bare(argv, { wrap, cwd: place.read });
    assert.equal(bare.stdout, "0\n");

    const blocked = await place.confined(argv, { wrap });
    assertBlocked(blocked);
    assert.match(
      blocked.receipt?.error ?? "",
      /stage idmap: show ".*\/write" of user 0 as user \d+'s: .*EINVAL/,
    );
    assert.match(blocked.stderr, /hint: .*keep-root/);

    const kept = await place.confined(argv, {
      wrap,
      config: "sandbox: {run_as: keep-root}\n",
    });
    if (kept.receipt?.status === "blocked") {
      // Without a pids cgroup nothing would bound the processes of root.
      assert.match(kept.receipt.error ?? "", /pids controller/);
    } else {
      assertRan(kept);
      assert.equal(kept.stdout, "0\n");
    }
  },
  { callers: ["root"], cscOnly: "runs as its caller" },
);

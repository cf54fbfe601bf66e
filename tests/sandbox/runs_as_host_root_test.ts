import assert from "node:assert/strict";
import { attackTest } from "./harness.ts";
import { childrenOf, identityOf, runAsIds } from "./run_as.ts";

const GROUPS = (argv: readonly string[]) => [
  "setpriv",
  "--groups=4,24",
  ...argv,
];

attackTest(
  "no process of a sandbox is root on the host, nor in a group of root's",
  async (place) => {
    const bare = place.start([place.attacker, "sleep", "60"], { wrap: GROUPS });
    await bare.until("sleeping");
    assert.deepEqual(identityOf(bare.pid), {
      uids: "0 0 0 0",
      gids: "0 0 0 0",
      groups: "4 24",
    });

    const call = await place.prepare([place.attacker, "sleep", "60"]);
    const csc = place.start(call.argv, { wrap: GROUPS });
    await csc.until("sleeping");
    const { uid, gid } = await runAsIds();
    const [init = 0] = childrenOf(csc.pid);
    for (const pid of [init, ...childrenOf(init)]) {
      assert.deepEqual(identityOf(pid), {
        uids: Array(4).fill(uid).join(" "),
        gids: Array(4).fill(gid).join(" "),
        groups: "",
      });
    }
  },
  { callers: ["root"], cscOnly: "runs as its caller" },
);

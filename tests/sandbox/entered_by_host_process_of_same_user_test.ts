import assert from "node:assert/strict";
import { assertPossible, assertRefused, tries } from "./assertions.ts";
import { attackTest, skipSecurityTest } from "./harness.ts";
import { asRunAsUser, childrenOf } from "./run_as.ts";

attackTest(
  "a host process of the command's user gets no hold of csc or a sandbox",
  async (place) => {
    const wrap = await asRunAsUser();
    const victim = place.start([place.attacker, "sleep", "60"], { wrap });
    await victim.until("sleeping");
    const own = String(victim.pid);
    const traced = await place.bare([place.attacker, "ptrace", own], { wrap });
    if (tries(traced.stdout).get(`attach ${own}`) !== "possible") {
      skipSecurityTest("this host lets no process trace another of its user");
    }
    assertPossible(traced, `open memory ${own}`, `read memory ${own}`);

    const call = await place.prepare([place.attacker, "sleep", "60"]);
    const csc = place.start(call.argv);
    await csc.until("sleeping");
    const [init = 0] = childrenOf(csc.pid);
    const pids = [csc.pid, init, ...childrenOf(init)].map(String);
    assert.equal(pids.length, 3);
    for (const attack of ["ptrace", "setns"]) {
      const argv = [place.attacker, attack, ...pids];
      const confined = await place.bare(argv, { wrap });
      assert.equal(tries(confined.stdout).size, attack === "ptrace" ? 9 : 30);
      assertRefused(confined);
    }
    const roots = pids.flatMap((pid) => [
      `/proc/${pid}/root${place.secret}`,
      `/proc/${pid}/environ`,
      `/proc/${pid}/fd/3`,
    ]);
    const read = await place.bare([place.attacker, "read", ...roots], { wrap });
    assert.equal(tries(read.stdout).size, 9);
    assertRefused(read);
  },
  { callers: ["root"], cscOnly: "runs as its caller" },
);

import assert from "node:assert/strict";
import { assertBlocked, assertRan } from "./assertions.ts";
import { attackTest } from "./harness.ts";
import { identityOf } from "./run_as.ts";

attackTest(
  "a user's commands run as that user, whatever the configuration says",
  async (place) => {
    const sleeping = place.start([place.attacker, "sleep", "60"]);
    await sleeping.until("sleeping");
    const own = identityOf(sleeping.pid).uids.split(" ")[0];

    const argv = ["/bin/sh", "-c", "id -u"];
    const run = (runAs: string) =>
      place.confined(argv, {
        config: `sandbox: {run_as: "${runAs}"}\n`,
      });
    const other = await run("65533:65533");
    assertBlocked(other);
    assert.match(other.receipt?.error ?? "", /only root can give a command/);
    assertBlocked(await run("0:0"));
    const kept = await run("keep-root");
    assertRan(kept);
    assert.equal(kept.stdout.trim(), own);
    assert.notEqual(own, "0");
  },
  { callers: ["user"], cscOnly: "has no such configuration" },
);

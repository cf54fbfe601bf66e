import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest("/proc and /sys steer nothing", async (place) => {
  const bare = await place.bareAttack("proc-sys");
  if (place.caller.name === "root") {
    assertPossible(
      bare,
      "open /proc/sys/kernel/core_pattern",
      "open /proc/irq/default_smp_affinity",
    );
  } else {
    // A user writes the settings of a network namespace made for the purpose.
    assertPossible(
      await place.bare([
        "unshare",
        "--user",
        "--map-root-user",
        "--net",
        place.attacker,
        "proc-sys",
      ]),
      "open /proc/sys/net/ipv4/ip_forward",
    );
  }

  const confined = await place.confinedAttack("proc-sys");
  assertRan(confined);
  assertRefused(confined);
  // Whoever keeps root keeps no way to these either: the mounts refuse.
  const config = "sandbox: {run_as: keep-root}\n";
  const kept = await place.confined([place.attacker, "proc-sys"], { config });
  if (kept.receipt?.status === "blocked") {
    assert.match(kept.receipt.error ?? "", /pids controller/);
  } else {
    assertRan(kept);
    assertRefused(kept);
  }
});

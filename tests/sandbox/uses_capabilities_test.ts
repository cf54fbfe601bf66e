import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

const CALLS = [
  "chown",
  "mknod",
  "setgroups",
  "drop from the bounding set",
  "become uid 4242",
];

attackTest(
  "a command has no capability in any set, and no way to get one",
  async (place) => {
    if (place.caller.name === "root") {
      assertPossible(
        await place.bareAttack("privileged-calls", `${place.write}/bare`),
        ...CALLS,
      );
    } else {
      // A user has these rights in a user namespace of their own.
      const bare = await place.bare([
        "unshare",
        "--user",
        "--map-root-user",
        place.attacker,
        "capabilities",
      ]);
      assert.match(bare.stdout, /^CapEff:\s*0*[1-9a-f]/m);
    }

    const calls = await place.confinedAttack(
      "privileged-calls",
      `${place.write}/confined`,
    );
    assertRan(calls);
    assertRefused(calls, ...CALLS);
    const status = await place.confinedAttack("capabilities");
    assertRan(status);
    for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) {
      assert.match(status.stdout, new RegExp(`^${set}:\\s*0{16}$`, "m"));
    }
    assert.match(status.stdout, /^NoNewPrivs:\s*1$/m);
    if (status.subject === "csc") {
      assert.match(status.stdout, /^Seccomp:\s*2$/m);
    }
  },
);

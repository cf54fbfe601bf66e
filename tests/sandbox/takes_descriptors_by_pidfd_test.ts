import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest(
  "a pidfd gives neither descriptors nor namespaces of another process",
  async (place) => {
    const target = place.start([place.attacker, "sleep", "60"]);
    await target.until("sleeping");
    const pid = String(target.pid);
    const bare = await place.bareAttack("pidfd", pid);
    assertPossible(bare, `pidfd_open ${pid}`, `pidfd_getfd ${pid}`);
    if (place.caller.name === "root") {
      assertPossible(bare, `join by pidfd ${pid}`);
    }

    const confined = await place.confinedAttack("pidfd", "1", pid);
    assertRan(confined);
    assertRefused(
      confined,
      `pidfd_open ${pid}`,
      ...["1", pid].flatMap((one) => [
        `pidfd_getfd ${one}`,
        `join by pidfd ${one}`,
      ]),
    );
  },
);

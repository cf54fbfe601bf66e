import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest(
  "PID 1 of the sandbox is not traced, nor its memory opened",
  async (place) => {
    const target = place.start([place.attacker, "sleep", "60"]);
    await target.until("sleeping");
    const pid = String(target.pid);
    const ways = ["attach", "open memory", "read memory"];
    assertPossible(
      await place.bareAttack("ptrace", pid),
      ...ways.map((way) => `${way} ${pid}`),
    );

    const confined = await place.confinedAttack("ptrace", "1", pid);
    assertRan(confined);
    assertRefused(
      confined,
      ...ways.flatMap((way) => [`${way} 1`, `${way} ${pid}`]),
    );
  },
);

import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

/**
 * A device node and a file of /proc are one object for the whole machine: what
 * a command of root does to their modes, everybody feels.
 */
const OBJECTS = ["/dev/null", "/dev/full", "/proc/misc", "/proc/cpuinfo"];

attackTest(
  "the modes of devices and of /proc stay as they are",
  async (place) => {
    const labels = OBJECTS.map((path) => `chmod ${path}`);
    assertPossible(await place.bareAttack("modes", ...OBJECTS), ...labels);

    const confined = await place.confinedAttack("modes", ...OBJECTS);
    assertRan(confined);
    assertRefused(confined, ...labels);
  },
  { callers: ["root"] },
);

import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { faultyCsc } from "./faulty_csc.ts";
import { attackTest } from "./harness.ts";
import type { Confined } from "./place.ts";
import { Skipped } from "./verdicts.ts";

/** Of native/base/fault.h: the root of the sandbox stays that of the host. */
const NO_PIVOT = "141";
/** The same, and Landlock is left out as well. */
const NO_WALL = "142";

attackTest(
  "a sandbox that shows the host's tree lets nothing outside the scopes be read or changed",
  async (place) => {
    const open = await place.mkdir(`${place.read}/open`, 0o777);
    const writes = [
      place.canary,
      `${place.outside}/planted`,
      `${open}/planted`,
      `${place.write}/allowed`,
    ];
    const labels = writes.map((path) => `write ${path}`);
    const [allowed] = labels.splice(-1);
    const csc = await faultyCsc();
    const attack = (fault: string, ...args: string[]) =>
      place.confined([place.attacker, ...args], {
        csc,
        env: { CSC_FAULT: fault },
      });
    const restore = async () => {
      await place.restoreOutside();
      await Deno.remove(`${open}/planted`);
      await Deno.remove(`${place.write}/allowed`).catch(() => {});
    };

    assertPossible(await place.bareAttack("write", ...writes), ...labels);
    assertPossible(
      await place.bareAttack("read", place.secret),
      `read ${place.secret}`,
    );
    await restore();
    // The fault really is one: without the second wall all of it is open.
    const bare = await attack(NO_WALL, "write", ...writes.slice(0, -1));
    assertRan(bare);
    assertPossible(bare, ...labels);
    const read = await attack(NO_WALL, "read", place.secret);
    assertPossible(read, `read ${place.secret}`);
    assert.ok(read.stdout.includes(place.secretText));
    await restore();

    const written = await attack(NO_PIVOT, "write", ...writes);
    if (!hasLandlock(written)) {
      throw new Skipped("this kernel has no Landlock, so no second wall");
    }
    assertRan(written);
    assertRefused(written, ...labels);
    await place.assertOutsideUntouched();
    assert.deepEqual([...Deno.readDirSync(open)], []);
    const seen = await attack(NO_PIVOT, "read", place.secret);
    assertRan(seen);
    assertRefused(seen, `read ${place.secret}`);
    assert.ok(!seen.stdout.includes(place.secretText));
    // As root's nobody it has no right to the directory, which only the mount
    // shows as its own.
    if (place.caller.name === "user") assertPossible(written, allowed!);
  },
  {
    // Not below /tmp or /var/tmp: the host's would be taken for the private one.
    base: "/var/lib",
    cscOnly: "a build of csc with a fault in it",
  },
);

function hasLandlock({ evidence }: Confined): boolean {
  const commands = evidence?.["commands"] as
    | readonly { plan: { landlock: { handled: readonly string[] } } }[]
    | undefined;
  return (commands?.[0]?.plan.landlock.handled.length ?? 0) > 0;
}

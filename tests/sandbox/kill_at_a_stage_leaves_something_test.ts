import assert from "node:assert/strict";
import {
  BRIDGE_POINTS,
  CHILD_POINTS,
  EXCHANGE_POINT,
  hasIntent,
  isAlive,
  LAUNCHER_POINTS,
  launcherBelow,
  receiptOf,
  RUNNING,
  SPAWN_POINTS,
  stopAt,
  type Stopped,
  strayFiles,
} from "./faults.ts";
import { faultyCsc } from "./faulty_csc.ts";
import { attackTest } from "./harness.ts";
import { leftoversSince, snapshot } from "./leftovers.ts";
import type { Place } from "./place.ts";
import {
  endProcessesMentioning,
  eventually,
  processesMentioning,
} from "./running.ts";
import { assertStillBeating, beats } from "./survivors.ts";

/** How many runs wait at their points at once. */
const AT_ONCE = 3;

type Points = Readonly<Record<string, number>>;
type Check = (stopped: Stopped, at: string, place: Place) => Promise<void>;

/** Who is killed, at which points, and what must come of it. */
const VICTIMS: [who: string, points: Points, victim: Victim, check: Check][] = [
  [
    "PID 1",
    {
      ...LAUNCHER_POINTS,
      ...CHILD_POINTS,
      "after spawn": BRIDGE_POINTS["after spawn"],
      running: RUNNING,
    },
    ({ csc }) => launcherBelow(csc.pid)!,
    assertTold,
  ],
  [
    "the child that becomes PID 1",
    SPAWN_POINTS,
    ({ pid }) => pid,
    assertTold,
  ],
  [
    "PID 1's child",
    { ...CHILD_POINTS, running: RUNNING },
    ({ pid }) => pid,
    assertTold,
  ],
  [
    "csc",
    {
      ...LAUNCHER_POINTS,
      ...CHILD_POINTS,
      ...SPAWN_POINTS,
      ...BRIDGE_POINTS,
      running: RUNNING,
    },
    ({ csc }) => csc.pid,
    assertTraced,
  ],
];
type Victim = (stopped: Stopped) => number;

for (const [who, points, victim, check] of VICTIMS) {
  attackTest(
    `SIGKILL of ${who} at any stage leaves nothing alive and nothing behind`,
    async (place) => {
      await assertBareLeavesSurvivor(place);
      await place.makeKey();
      await faultyCsc();
      const before = snapshot();
      const waiting = Object.entries(points);
      if (who === "csc" && place.caller.name === "root") {
        waiting.push(["exchange", EXCHANGE_POINT]);
      }
      const work = async () => {
        for (let next; (next = waiting.shift()) !== undefined;) {
          const [at, point] = next;
          const stopped = await stopAt(place, point);
          Deno.kill(victim(stopped), "SIGKILL");
          await assertNothingLives(stopped, at);
          await check(stopped, at, place);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      // The next run takes away the empty cgroups of one that was killed.
      const next = await place.confinedAttack("environment");
      assert.equal(next.code, 0, next.stderr);
      const left = () => leftoversSince(before).filter(isOfKernel);
      await eventually(
        `the end of ${left().join(", ")}`,
        () => left().length === 0,
      );
    },
    { cscOnly: "has no such stages" },
  );
}

/** A mount or a cgroup; temporary files of csc would lie in the workspace. */
function isOfKernel(path: string): boolean {
  return path.startsWith("mount ") || path.startsWith("/sys/");
}

/** Who is killed without a sandbox leaves others alive. */
async function assertBareLeavesSurvivor(place: Place): Promise<void> {
  const file = `${place.write}/bare`;
  const argv = ["/bin/sh", "-c", '"$@"; true', "sh", place.attacker];
  const bare = place.start([...argv, "heartbeat", file]);
  await eventually("a heartbeat", async () => await beats(file) > 0);
  bare.kill("SIGKILL");
  await bare.status();
  await assertStillBeating(file);
  endProcessesMentioning(file);
}

/** All that ran is gone soon, and whatever else was started as well. */
async function assertNothingLives(stopped: Stopped, at: string): Promise<void> {
  await stopped.csc.status();
  await eventually(
    `the end of all processes, killed at "${at}"`,
    () =>
      !stopped.descendants.some(isAlive) &&
      processesMentioning(stopped.heartbeat).length === 0,
  );
}

/** csc lives: it says what happened, in a receipt, and recorded its intent. */
async function assertTold(
  stopped: Stopped,
  at: string,
  place: Place,
): Promise<void> {
  await stopped.csc.end();
  const receipt = receiptOf(stopped);
  const said = `killed at "${at}": ${stopped.csc.output}`;
  assert.ok(receipt !== null, said);
  assert.match(receipt.status, /^(blocked|failed)$/, said);
  // A command that was killed has its exit code for an explanation.
  if (receipt.exit_code !== 137) {
    assert.match(receipt.error ?? "", /SIGKILL|signal 9|killed/, said);
  }
  assert.ok(hasIntent(stopped), `no intent, ${said}`);
  const stray = strayFiles(stopped, place, { alsoInRecord: true });
  assert.deepEqual(stray, [], said);
  if (receipt.status === "blocked") {
    assert.equal(await beats(stopped.heartbeat), 0, `it ran, ${said}`);
  }
}

/** csc is dead: where its command ran, there is the trace of an intent. */
async function assertTraced(
  stopped: Stopped,
  at: string,
  place: Place,
): Promise<void> {
  assert.equal(receiptOf(stopped), null, `a receipt, killed at "${at}"`);
  const ran = await beats(stopped.heartbeat) > 0;
  const late = at === "running" || at === "before collect";
  assert.equal(ran, late, `killed at "${at}"`);
  if (ran) assert.ok(hasIntent(stopped), `no intent, killed at "${at}"`);
  const stray = strayFiles(stopped, place, { alsoInRecord: false });
  assert.deepEqual(stray, [], at);
}

/** SIGKILL of csc, at any moment, ends all that it has started. */
import assert from "node:assert/strict";
import { attackTest } from "../sandbox/harness.ts";
import { eventually, pause } from "../sandbox/running.ts";
import { assertStill } from "../sandbox/survivors.ts";
import { callIn, endOfAll } from "./modes.ts";

/** Rounds counted from the start of csc, and from its first child. */
const ROUNDS = 12;
const STEP_MS = 4;

/** A process, told apart from a later one with its number. */
interface Seen {
  readonly pid: number;
  readonly startTime: string;
}

/** The fields of /proc/PID/stat behind the name; null where it is gone. */
function statOf(pid: number): string[] | null {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/stat`);
    return text.slice(text.lastIndexOf(") ") + 2).split(" ");
  } catch {
    return null;
  }
}

/** Children of a process and theirs. */
function descendants(root: number): Seen[] {
  const all = [...Deno.readDirSync("/proc")]
    .filter(({ name }) => /^\d+$/.test(name))
    .flatMap(({ name }) => {
      const stat = statOf(Number(name));
      return stat === null ? [] : [{
        pid: Number(name),
        parent: Number(stat[1]),
        startTime: stat[19] ?? "",
      }];
    });
  const found = new Set([root]);
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return all.filter(({ pid }) => pid !== root && found.has(pid));
}

function lives({ pid, startTime }: Seen): boolean {
  const stat = statOf(pid);
  return stat !== null && stat[19] === startTime && !/^[ZX]/.test(stat[0]!);
}

attackTest(
  "SIGKILL of csc at any moment ends the whole tree",
  async (place) => {
    for (let round = 0; round < 2 * ROUNDS; round++) {
      const file = `${place.write}/beats-${round}-`;
      const argv = [place.attacker, "heartbeat", file];
      const call = await callIn(place, "hardened", [argv]);
      const csc = place.start(call.argv);
      const built = round >= ROUNDS;
      if (built) {
        await eventually("a child", () => descendants(csc.pid).length > 0);
      }
      // The sandbox is being built, waits for its release, or runs.
      await pause((round % ROUNDS) * STEP_MS);
      // Stopped, csc starts nobody between the look and the kill.
      csc.kill("SIGSTOP");
      const tree = descendants(csc.pid);
      assert.ok(!built || tree.length > 0, "nothing to end");
      csc.kill("SIGKILL");
      await csc.status();
      await eventually("the end of the tree", () => !tree.some(lives));
      await endOfAll(file);
      if (round === 2 * ROUNDS - 1) {
        await assertStill(file, { mayBeMissing: true });
      }
    }
  },
);

/** Csc alone holds the end of the pipe whose closing ends the sandbox. */
import assert from "node:assert/strict";
import { attackTest } from "../sandbox/harness.ts";
import { callIn } from "./modes.ts";

const O_ACCMODE = 3;
const O_WRONLY = 1;

/** The pipes that a process may write to, by the kernel's name of each. */
function writtenPipes(pid: number | string): Map<string, number> {
  const found = new Map<string, number>();
  try {
    for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
      const target = Deno.readLinkSync(`/proc/${pid}/fd/${name}`);
      if (!target.startsWith("pipe:")) continue;
      const info = Deno.readTextFileSync(`/proc/${pid}/fdinfo/${name}`);
      const flags = parseInt(/^flags:\s+(\d+)$/m.exec(info)?.[1] ?? "0", 8);
      if ((flags & O_ACCMODE) === O_WRONLY) found.set(target, Number(name));
    }
  } catch {
    // Gone, or another user's: then it got nothing from this csc either.
  }
  return found;
}

/** PID 1 of the sandbox and, while it is alone, its command. */
function sandboxOf(csc: number): { launcher: number; command: number } {
  const children = (pid: number) =>
    [...Deno.readDirSync("/proc")].filter(({ name }) => {
      if (!/^\d+$/.test(name)) return false;
      try {
        const stat = Deno.readTextFileSync(`/proc/${name}/stat`);
        return stat.slice(stat.lastIndexOf(") ")).split(" ")[2] === `${pid}`;
      } catch {
        return false;
      }
    }).map(({ name }) => Number(name));
  const [launcher] = children(csc);
  assert.ok(launcher !== undefined, "no launcher");
  const [command] = children(launcher);
  assert.ok(command !== undefined, "no command");
  return { launcher, command };
}

attackTest(
  "the pipe that keeps a sandbox alive has one writer",
  async (place) => {
    const argv = ["sh", "-c", "echo started; exec sleep 30"];
    const call = await callIn(place, "hardened", [argv]);
    const csc = await place.start(call.argv).until("started");
    const own = writtenPipes(csc.pid);
    const { launcher, command } = sandboxOf(csc.pid);
    for (const pid of [launcher, command]) {
      const shared = [...writtenPipes(pid).keys()].filter((pipe) =>
        own.has(pipe)
      );
      assert.deepEqual(shared, []);
    }
    if (Deno.uid() === 0) {
      // Only root may look at PID 1, and at everybody else.
      const liveness = Deno.readLinkSync(`/proc/${launcher}/fd/5`);
      assert.ok(own.has(liveness), `csc does not write to ${liveness}`);
      const writers = [...Deno.readDirSync("/proc")].filter(({ name }) =>
        /^\d+$/.test(name) && writtenPipes(name).has(liveness)
      );
      assert.deepEqual(writers.map(({ name }) => name), [`${csc.pid}`]);
    }
    csc.kill("SIGTERM");
    await csc.status();
  },
);

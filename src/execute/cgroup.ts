/**
 * A cgroup for one sandbox, where one can be had: version 2 with delegation,
 * or version 1 as root. Without one the limits of setrlimit remain, and the
 * evidence says so.
 *
 * @module
 */
import type { CgroupLimits } from "../plan/plan.ts";

/** Where sandboxes can be put; found once for each run of csc. */
export interface CgroupHome {
  readonly version: 1 | 2;
  /** Directories in which to make one for each sandbox. */
  readonly memory: string | null;
  readonly pids: string | null;
}

/** What the kernel counted. */
export interface CgroupReport {
  readonly peakMemoryBytes: number | null;
  readonly oomKills: number;
}

/** One sandbox's cgroup. */
export interface Cgroup {
  readonly version: 1 | 2;
  /** Files that take "0" from the process that wants in. */
  readonly entryFiles: readonly string[];
  readonly limitsMemory: boolean;
  readonly limitsProcesses: boolean;
  /** Reads the counters; before `remove`. */
  report(): CgroupReport;
  /** Takes the directories away again; all processes must be gone. */
  remove(): void;
}

/** The text of a file of the kernel; null where it cannot be read. */
export type ReadText = (path: string) => string | null;

/** Finds out where this process may make cgroups; null for nowhere. */
export function findCgroupHome(read: ReadText = readText): CgroupHome | null {
  const own = read("/proc/self/cgroup");
  const mounts = read("/proc/self/mountinfo");
  if (own === null || mounts === null) return null;
  const paths = new Map(
    own.split("\n").filter((line) => line !== "").map((line) => {
      const [, controllers = "", ...path] = line.split(":");
      return [controllers, path.join(":")] as const;
    }),
  );
  const v1 = (controller: string) => {
    const mount = findMount(mounts, "cgroup", controller);
    const path = [...paths].find(([controllers]) =>
      controllers.split(",").includes(controller)
    )?.[1];
    if (mount === null || path === undefined) return null;
    return join(mount, path);
  };
  const memory = v1("memory");
  const pids = v1("pids");
  if (memory !== null || pids !== null) return { version: 1, memory, pids };
  const unified = findMount(mounts, "cgroup2", null);
  const home = unified === null
    ? null
    : delegatedParent(unified, paths.get("") ?? "/", read);
  return home === null ? null : { version: 2, memory: home, pids: home };
}

/** Mount point and root of the first cgroup mount with this controller. */
function findMount(
  mounts: string,
  type: string,
  controller: string | null,
): { readonly point: string; readonly root: string } | null {
  for (const line of mounts.split("\n")) {
    const [before, after] = line.split(" - ");
    const [kind, , options = ""] = (after ?? "").split(" ");
    if (kind !== type) continue;
    if (controller !== null && !options.split(",").includes(controller)) {
      continue;
    }
    const fields = (before ?? "").split(" ");
    return { point: fields[4] ?? "", root: fields[3] ?? "/" };
  }
  return null;
}

function join(
  mount: { readonly point: string; readonly root: string },
  path: string,
): string {
  const inMount = mount.root !== "/" &&
    `${path}/`.startsWith(`${mount.root}/`);
  const below = inMount ? path.slice(mount.root.length) : path;
  return `${mount.point}${below === "/" ? "" : below}`;
}

/**
 * The nearest ancestor that hands memory and pids on to its children. A cgroup
 * that holds processes cannot, so it is never the own one.
 */
function delegatedParent(
  mount: { readonly point: string; readonly root: string },
  own: string,
  read: ReadText,
): string | null {
  let path = join(mount, own);
  while (path.length >= mount.point.length) {
    const handed = read(`${path}/cgroup.subtree_control`)?.split(/\s+/);
    if (handed?.includes("memory") && handed.includes("pids")) return path;
    path = path.slice(0, path.lastIndexOf("/"));
  }
  return null;
}

/** Makes the cgroup of one sandbox; null where the host does not allow it. */
export function makeCgroup(
  home: CgroupHome,
  name: string,
  limits: CgroupLimits,
): Cgroup | null {
  const made: string[] = [];
  const make = (parent: string | null) => {
    if (parent === null) return null;
    const path = `${parent}/${name}`;
    if (!made.includes(path)) {
      Deno.mkdirSync(path, { mode: 0o755 });
      made.push(path);
    }
    return path;
  };
  try {
    const memory = make(home.memory);
    const pids = make(home.pids);
    const v1 = home.version === 1;
    if (memory !== null) {
      const file = v1 ? "memory.limit_in_bytes" : "memory.max";
      put(`${memory}/${file}`, limits.memoryBytes);
      if (!v1) put(`${memory}/memory.swap.max`, 0, true);
    }
    if (pids !== null) put(`${pids}/pids.max`, limits.processes);
    // Version 1: "tasks" moves the writer alone, without the lock of all
    // processes that "cgroup.procs" waits for.
    const entry = v1 ? "tasks" : "cgroup.procs";
    return {
      version: home.version,
      entryFiles: made.map((path) => `${path}/${entry}`),
      limitsMemory: memory !== null,
      limitsProcesses: pids !== null,
      report: () => readReport(memory, v1),
      remove: () => removeAll(made),
    };
  } catch {
    removeAll(made);
    return null;
  }
}

function readReport(memory: string | null, v1: boolean): CgroupReport {
  if (memory === null) return { peakMemoryBytes: null, oomKills: 0 };
  const peak = readText(
    `${memory}/${v1 ? "memory.max_usage_in_bytes" : "memory.peak"}`,
  );
  const events = readText(
    `${memory}/${v1 ? "memory.oom_control" : "memory.events"}`,
  );
  const kills = /^oom_kill (\d+)$/m.exec(events ?? "");
  return {
    peakMemoryBytes: peak === null ? null : Number(peak),
    oomKills: Number(kills?.[1] ?? 0),
  };
}

/** The number is that of the csc that made it (`cgroupName`). */
const NAME = /^csc-(\d+)-/;

/**
 * A fresh name for a sandbox's cgroup.
 *
 * @param pid Number of this process, by which others know when it is gone.
 * @param unique Text that no other sandbox of this process has.
 */
export function cgroupName(pid: number, unique: string): string {
  return `csc-${pid}-${unique}`;
}

/**
 * Takes away what a csc that was killed has left: empty cgroups of processes
 * that are no more. The kernel removes none that holds a process.
 */
export function sweepAbandoned({ memory, pids }: CgroupHome): void {
  for (const home of new Set([memory, pids])) {
    if (home === null) continue;
    for (const { name } of Deno.readDirSync(home)) {
      const pid = NAME.exec(name)?.[1];
      if (pid === undefined || readText(`/proc/${pid}/stat`) !== null) continue;
      try {
        Deno.removeSync(`${home}/${name}`);
      } catch {
        // Somebody else's, or somebody else was faster.
      }
    }
  }
}

/** The kernel counts a process out a moment after it was reaped. */
const REMOVE_TRIES = 50;
const REMOVE_WAIT_MS = 2;

function removeAll(paths: readonly string[]): void {
  for (const path of paths) {
    for (let tries = 0; tries < REMOVE_TRIES; tries++) {
      try {
        Deno.removeSync(path);
        break;
      } catch (cause) {
        if (cause instanceof Deno.errors.NotFound) break;
        Atomics.wait(PAUSE, 0, 0, REMOVE_WAIT_MS);
      }
    }
  }
}

const PAUSE = new Int32Array(new SharedArrayBuffer(4));

function put(path: string, value: number, optional = false): void {
  try {
    Deno.writeTextFileSync(path, String(value), { create: false });
  } catch (cause) {
    if (!optional) throw cause;
  }
}

function readText(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}

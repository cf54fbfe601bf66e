/**
 * A cgroup for one sandbox, where one can be had: version 2 with delegation,
 * or version 1 as root. Without one the limits of setrlimit remain, and the
 * evidence says so.
 *
 * @module
 */
import type { CgroupLimits } from "../plan/plan.ts";
import { readKernelFile, writeKernelFile } from "./look.ts";

/** Where sandboxes can be put; found once for each run of csc. */
export interface CgroupHome {
  readonly version: 1 | 2;
  /** Directories in which to make one for each sandbox. */
  readonly memory: string | null;
  readonly pids: string | null;
}

/** What the kernel counted; null where it has no such number. */
export interface CgroupReport {
  readonly peakMemoryBytes: number | null;
  /** How often memory was refused at the limit. */
  readonly memoryHits: number | null;
  readonly oomKills: number | null;
  readonly peakProcesses: number | null;
  /** How often a process was refused at the limit. */
  readonly processHits: number | null;
}

/** A limit of all processes together, and the file that sets it. */
export interface CgroupLimit {
  readonly limit:
    | "memory_bytes"
    | "swap_bytes"
    | "memory_and_swap_bytes"
    | "processes";
  readonly value: number;
  /** "cgroup v1 pids.max" */
  readonly by: string;
}

/** One sandbox's cgroup. */
export interface Cgroup {
  /** Files that take "0" from the process that wants in. */
  readonly entryFiles: readonly string[];
  /** Those that the kernel has taken. */
  readonly limits: readonly CgroupLimit[];
  /** Reads the counters; before `remove`. */
  report(): CgroupReport;
  /** Takes the directories away again; all processes must be gone. */
  remove(): void;
}

/** The text of a file of the kernel; null where it cannot be read. */
export type ReadText = (path: string) => string | null;

/** Finds out where this process may make cgroups; null for nowhere. */
export function findCgroupHome(
  read: ReadText = readKernelFile,
): CgroupHome | null {
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
  const set: CgroupLimit[] = [];
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
    const limit = (
      { limit, value }: Omit<CgroupLimit, "by">,
      path: string,
      file: string,
    ): boolean => {
      if (!writeKernelFile(`${path}/${file}`, `${value}`)) return false;
      set.push({ limit, value, by: `cgroup v${home.version} ${file}` });
      return true;
    };
    if (memory !== null) {
      const value = limits.memoryBytes;
      const file = v1 ? "memory.limit_in_bytes" : "memory.max";
      if (!limit({ limit: "memory_bytes", value }, memory, file)) {
        throw new Error("memory cannot be limited");
      }
      // A kernel may count no swap: then there is no such limit, and none is
      // claimed; the limit on memory is the one that counts.
      if (v1) {
        const swap = "memory.memsw.limit_in_bytes";
        limit({ limit: "memory_and_swap_bytes", value }, memory, swap);
      } else {limit(
          { limit: "swap_bytes", value: 0 },
          memory,
          "memory.swap.max",
        );}
    }
    if (pids !== null) {
      const value = limits.processes;
      if (!limit({ limit: "processes", value }, pids, "pids.max")) {
        throw new Error("processes cannot be limited");
      }
    }
    // Version 1: "tasks" moves the writer alone, without the lock of all
    // processes that "cgroup.procs" waits for.
    const entry = v1 ? "tasks" : "cgroup.procs";
    return {
      entryFiles: made.map((path) => `${path}/${entry}`),
      limits: set,
      report: () => ({
        ...readMemory(memory, v1, limits.memoryBytes),
        ...readProcesses(pids, limits.processes),
      }),
      remove: () => removeAll(made),
    };
  } catch {
    removeAll(made);
    return null;
  }
}

function readMemory(
  memory: string | null,
  v1: boolean,
  limit: number,
): Pick<CgroupReport, "peakMemoryBytes" | "memoryHits" | "oomKills"> {
  if (memory === null) {
    return { peakMemoryBytes: null, memoryHits: null, oomKills: null };
  }
  const peak = v1 ? "memory.max_usage_in_bytes" : "memory.peak";
  const events = v1 ? "memory.oom_control" : "memory.events";
  const text = readKernelFile(`${memory}/${events}`);
  const most = number(readKernelFile(`${memory}/${peak}`));
  const hits = () => v1 ? failures(memory) : eventCount(text, "max");
  return {
    peakMemoryBytes: most,
    memoryHits: reachesMemoryLimit(most, limit) ? hits() : 0,
    oomKills: eventCount(text, "oom_kill"),
  };
}

/** The kernel charges memory in batches, which may fit no more, bytes. */
const CHARGED_AHEAD = 2 * 1024 * 1024;

/** Whether a peak of memory was, or for all that is known could be, the limit. */
export function reachesMemoryLimit(
  peak: number | null,
  limit: number,
): boolean {
  return peak === null || peak >= limit - CHARGED_AHEAD;
}

function readProcesses(
  pids: string | null,
  limit: number,
): Pick<CgroupReport, "peakProcesses" | "processHits"> {
  if (pids === null) return { peakProcesses: null, processHits: null };
  const most = number(readKernelFile(`${pids}/pids.peak`));
  const below = most !== null && most < limit;
  return {
    peakProcesses: most,
    processHits: below
      ? 0
      : eventCount(readKernelFile(`${pids}/pids.events`), "max"),
  };
}

/** Some kernels count no failures in version 1 and show zero all the same. */
function failures(memory: string): number | null {
  const alone = number(readKernelFile(`${memory}/memory.failcnt`)) ?? 0;
  const withSwap = number(readKernelFile(`${memory}/memory.memsw.failcnt`)) ??
    0;
  return alone + withSwap === 0 ? null : alone + withSwap;
}

/** The number of a file that holds nothing else. */
function number(text: string | null): number | null {
  return text === null || !/^\d+\n?$/.test(text) ? null : Number(text);
}

/** One number of a file with a name and a number on each line. */
function eventCount(text: string | null, name: string): number | null {
  const found = new RegExp(`^${name} (\\d+)$`, "m").exec(text ?? "")?.[1];
  return found === undefined ? null : Number(found);
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
      if (pid === undefined || readKernelFile(`/proc/${pid}/stat`) !== null) {
        continue;
      }
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

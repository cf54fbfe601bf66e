/**
 * Limits of one sandbox (protocol §7): what each process may use, and what all
 * of them together may use where a cgroup can be had.
 *
 * @module
 */
import type { CgroupLimits, Limit } from "./plan.ts";
import type { SandboxProfile } from "./sandbox_profile.ts";

/** RLIMIT_* numbers of Linux. */
const RESOURCE = {
  cpu: 0,
  fsize: 1,
  data: 2,
  core: 4,
  nproc: 6,
  nofile: 7,
  memlock: 8,
} as const;

/** Memory that no limit on the data segment sees may at least not be locked. */
const LOCKED_BYTES = 64 * 1024;

/**
 * Limits by setrlimit. Memory is bounded by the data segment and not by the
 * address space: runtimes with a garbage collector reserve far more addresses
 * than they use, and would not start.
 */
export function processLimits(profile: SandboxProfile): Limit[] {
  return [
    { name: "cpu_sec", resource: RESOURCE.cpu, value: profile.cpuSec },
    { name: "file_bytes", resource: RESOURCE.fsize, value: profile.fileBytes },
    { name: "data_bytes", resource: RESOURCE.data, value: profile.memoryBytes },
    // A core file would put the command's secrets on the host's disk.
    { name: "core_bytes", resource: RESOURCE.core, value: 0 },
    { name: "processes", resource: RESOURCE.nproc, value: profile.processes },
    { name: "open_files", resource: RESOURCE.nofile, value: profile.openFiles },
    { name: "locked_bytes", resource: RESOURCE.memlock, value: LOCKED_BYTES },
  ];
}

/** Limits by cgroup; PID 1 of the sandbox counts as a process. */
export function cgroupLimits(profile: SandboxProfile): CgroupLimits {
  return {
    memoryBytes: profile.memoryBytes,
    processes: profile.processes + 1,
  };
}

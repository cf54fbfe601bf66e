/**
 * The limits of one command as evidence: what was enforced, by what, and what
 * the kernel counted. A limit that nothing enforced is not in the list.
 *
 * @module
 */
import type { JsonObject, JsonValue } from "../core/json.ts";
import type { Plan } from "../plan/plan.ts";
import type { CgroupLimit, CgroupReport } from "./cgroup.ts";
import { STDERR_CAP, STDOUT_CAP } from "./executor.ts";
import type { Observation } from "./observation.ts";

/** Names of limits by their number, and on what each is a limit. */
const RESOURCES: Readonly<Record<number, readonly [string, string]>> = {
  0: ["RLIMIT_CPU", "process"],
  1: ["RLIMIT_FSIZE", "file"],
  2: ["RLIMIT_DATA", "process"],
  4: ["RLIMIT_CORE", "process"],
  6: ["RLIMIT_NPROC", "user"],
  7: ["RLIMIT_NOFILE", "process"],
  8: ["RLIMIT_MEMLOCK", "process"],
};
const RLIMIT_NPROC = 6;

/**
 * The limits of a command, for its evidence.
 *
 * @param seen Null where the sandbox never stood: then none was enforced.
 */
export function limitEvidence(
  plan: Plan,
  seen: Observation | null,
  cgroup: readonly CgroupLimit[],
  report: CgroupReport | null,
): JsonValue[] {
  if (seen === null) return [];
  return [
    ...rlimits(plan, seen),
    ...cgroup.map((limit) => cgroupLimit(limit, report)),
    ...plan.tree.flatMap((op): JsonObject[] =>
      op.op === "tmpfs"
        ? [
          { ...tmpfs("tmpfs_bytes", op.path), value: op.bytes },
          { ...tmpfs("tmpfs_inodes", op.path), value: op.inodes },
        ]
        : []
    ),
    deadlineLimit(plan.timeoutSec, "sandbox"),
    ...CAPTURE_LIMITS,
  ];
}

/** The time that a command may take, seconds. */
export function deadlineLimit(value: number, scope: string): JsonObject {
  return { limit: "wall_sec", value, by: "SIGKILL from csc", scope };
}

/** How much of each output stream csc keeps; what is more is only counted. */
export const CAPTURE_LIMITS: readonly JsonObject[] = [
  { limit: "stdout_kept_bytes", value: STDOUT_CAP, by: "csc", scope: "stream" },
  { limit: "stderr_kept_bytes", value: STDERR_CAP, by: "csc", scope: "stream" },
];

/** Values as the kernel had them: the caller's own may have been tighter. */
function rlimits(plan: Plan, { limits, uidOutside }: Observation) {
  return plan.limits.flatMap(({ name, resource }): JsonObject[] => {
    const value = limits.get(resource);
    const known = RESOURCES[resource];
    if (value === undefined || known === undefined) return [];
    // The kernel lets uid 0 have as many processes as it likes.
    if (resource === RLIMIT_NPROC && uidOutside === 0) return [];
    return [{ limit: name, value, by: known[0], scope: known[1] }];
  });
}

function cgroupLimit(
  { limit, value, by }: CgroupLimit,
  report: CgroupReport | null,
): JsonObject {
  const fact = { limit, value, by, scope: "sandbox" };
  if (report === null || limit.includes("swap")) return fact;
  const [peak, hits] = limit === "memory_bytes"
    ? [report.peakMemoryBytes, report.memoryHits]
    : [report.peakProcesses, report.processHits];
  return { ...fact, peak, hits };
}

function tmpfs(limit: string, path: string) {
  return { limit, path, by: "tmpfs", scope: "file_system" };
}

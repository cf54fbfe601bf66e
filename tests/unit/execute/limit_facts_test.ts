import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/core/json.ts";
import { limitEvidence } from "../../../src/execute/limit_facts.ts";
import type { Observation } from "../../../src/execute/observation.ts";
import { samplePlan } from "../plan/samples.ts";

const PLAN = samplePlan({});

/** Every limit of the plan in force, as the kernel was asked. */
function seen(changes: Partial<Observation> = {}): Observation {
  return {
    seen: {},
    stages: [],
    limits: new Map(
      PLAN.limits.map(({ resource, value }) => [resource, value]),
    ),
    uidOutside: 1000,
    files: [],
    ...changes,
  };
}

/** The facts of one kind of limit. */
function named(
  limit: string,
  ...args: Parameters<typeof limitEvidence>
): JsonObject[] {
  return limitEvidence(...args)
    .map((fact) => fact as JsonObject)
    .filter((fact) => fact["limit"] === limit);
}

Deno.test("limitEvidence() claims nothing where no sandbox was seen", () => {
  assert.deepEqual(limitEvidence(PLAN, null, [], null), []);
});

Deno.test("limitEvidence() has the value in force, not the one planned", () => {
  // The caller's own hard limit was tighter.
  const limits = new Map(seen().limits).set(7, 64);
  assert.deepEqual(named("open_files", PLAN, seen({ limits }), [], null), [
    { limit: "open_files", value: 64, by: "RLIMIT_NOFILE", scope: "process" },
  ]);
});

Deno.test("limitEvidence() claims no limit on the processes of uid 0", () => {
  const by = (uidOutside: number | null) =>
    named("processes", PLAN, seen({ uidOutside }), [], null).map((fact) =>
      fact["by"]
    );
  assert.deepEqual(by(1000), ["RLIMIT_NPROC"]);
  assert.deepEqual(by(0), []);
});

Deno.test("limitEvidence() claims no limit that was not observed", () => {
  const none = seen({ limits: new Map() });
  const by = limitEvidence(PLAN, none, [], null)
    .map((fact) => (fact as JsonObject)["by"]);
  assert.equal(by.some((name) => String(name).startsWith("RLIMIT")), false);
});

Deno.test("limitEvidence() puts the kernel's counters beside the limits of a cgroup", () => {
  const cgroup = [
    { limit: "memory_bytes", value: 10, by: "cgroup v2 memory.max" },
    { limit: "swap_bytes", value: 0, by: "cgroup v2 memory.swap.max" },
    { limit: "processes", value: 5, by: "cgroup v2 pids.max" },
  ] as const;
  const report = {
    peakMemoryBytes: 9,
    memoryHits: 3,
    oomKills: 0,
    peakProcesses: 4,
    processHits: null,
  };
  const facts = (limit: string) => {
    const all = named(limit, PLAN, seen(), cgroup, report);
    return all.filter(({ by }) => String(by).startsWith("cgroup"));
  };
  assert.deepEqual(facts("memory_bytes"), [{
    limit: "memory_bytes",
    value: 10,
    by: "cgroup v2 memory.max",
    scope: "sandbox",
    peak: 9,
    hits: 3,
  }]);
  assert.deepEqual(facts("swap_bytes"), [{
    limit: "swap_bytes",
    value: 0,
    by: "cgroup v2 memory.swap.max",
    scope: "sandbox",
  }]);
  const [processes] = facts("processes");
  assert.deepEqual([processes?.["peak"], processes?.["hits"]], [4, null]);
});

Deno.test("limitEvidence() names the bounds of each private file system", () => {
  const paths = named("tmpfs_bytes", PLAN, seen(), [], null)
    .map(({ path }) => path);
  assert.deepEqual(paths, ["/tmp", "/dev/shm", "/var/tmp"]);
  assert.equal(named("tmpfs_inodes", PLAN, seen(), [], null).length, 3);
});

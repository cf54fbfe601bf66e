/**
 * Answers of the bridge, and what became of them, for the tests of result.ts.
 *
 * @module
 */
import type { CgroupReport } from "../../../src/execute/cgroup.ts";
import type { Observation } from "../../../src/execute/observation.ts";
import { interpret } from "../../../src/execute/result.ts";
import {
  type RunAnswer,
  type SegmentStatus,
  STAGES,
} from "../../../src/execute/status.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { samplePipeline } from "../decide/samples.ts";
import { program, sampleFacts, samplePlan } from "../plan/samples.ts";

export const SHA = "0".repeat(64);
export const SEEN: Observation = {
  seen: { seccomp_mode: 2 },
  stages: ["plan", "observe"],
  limits: new Map(),
  uidOutside: 1000,
  files: [],
};

/** Counters of a cgroup that a limit was set for. */
export function counted(changes: Partial<CgroupReport> = {}): CgroupReport {
  return {
    peakMemoryBytes: 5,
    memoryHits: null,
    oomKills: 0,
    peakProcesses: 2,
    processHits: 0,
    ...changes,
  };
}

/** A segment that ended with 0, with changes. */
export function ended(changes: Partial<SegmentStatus> = {}): SegmentStatus {
  return {
    execErrno: 0,
    exitCode: 0,
    signal: null,
    userUs: 1,
    systemUs: 2,
    maxRssKib: 3,
    changed: false,
    ...changes,
  };
}

export const code = (exitCode: number) => ended({ exitCode });
export const killed = (signal: number) => ended({ exitCode: null, signal });
export const unexecuted = (execErrno: number) =>
  ended({ execErrno, exitCode: 126 });

export function answerOf(changes: Partial<RunAnswer> = {}): RunAnswer {
  const stream = { total: 0, kept: 0, sha256: SHA, lost: 0, at: 0n };
  return {
    outcome: "reported",
    killedBy: 0,
    failure: null,
    stagesApplied: STAGES.slice(4),
    segments: [ended()],
    stdout: stream,
    stderr: stream,
    wallUs: 10,
    spawnUs: 5,
    ranUs: 7,
    planSha256: "1".repeat(64),
    filterSha256: "2".repeat(64),
    userUs: 7,
    systemUs: 8,
    ...changes,
  };
}

export function planOf(segments: number): Plan {
  const argvs = Array.from({ length: segments }, (_, i) => [`prog${i}`]);
  return samplePlan({
    command: samplePipeline(argvs),
    facts: sampleFacts({
      executables: argvs.map(([name]) => program(`/b/${name}`)),
    }),
  });
}

export function resultOf(
  answer: RunAnswer,
  cgroup: CgroupReport | null = null,
  stdout = new Uint8Array(0),
) {
  const facts = {
    stdout,
    stderr: new Uint8Array(0),
    seen: SEEN,
    executables: [],
    interpreters: [],
    cgroupLimits: [],
    cgroup,
    interrupted: null,
  };
  return interpret(planOf(answer.segments.length || 1), answer, facts);
}

import assert from "node:assert/strict";
import { isCscError } from "../../../src/core/errors.ts";
import { interpret, notStarted } from "../../../src/execute/result.ts";
import {
  type RunAnswer,
  type SegmentStatus,
  STAGES,
} from "../../../src/execute/status.ts";
import type { CgroupReport } from "../../../src/execute/cgroup.ts";
import type { Observation } from "../../../src/execute/observation.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { samplePipeline } from "../decide/samples.ts";
import { sampleFacts, samplePlan } from "../plan/samples.ts";

const SHA = "0".repeat(64);
const SEEN: Observation = {
  seen: { seccomp_mode: 2 },
  stages: ["plan", "observe"],
  limits: new Map(),
  uidOutside: 1000,
  files: [],
};

/** Counters of a cgroup that a limit was set for. */
function counted(changes: Partial<CgroupReport> = {}): CgroupReport {
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
function ended(changes: Partial<SegmentStatus> = {}): SegmentStatus {
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

const code = (exitCode: number) => ended({ exitCode });
const killed = (signal: number) => ended({ exitCode: null, signal });
const unexecuted = (execErrno: number) => ended({ execErrno, exitCode: 126 });

function answerOf(changes: Partial<RunAnswer> = {}): RunAnswer {
  const stream = { total: 0, kept: 0, sha256: SHA, at: 0n };
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

function planOf(segments: number): Plan {
  const argvs = Array.from({ length: segments }, (_, i) => [`prog${i}`]);
  return samplePlan({
    command: samplePipeline(argvs),
    facts: sampleFacts({
      executables: argvs.map(([name]) => ({ found: true, file: `/b/${name}` })),
    }),
  });
}

function resultOf(
  answer: RunAnswer,
  cgroup: CgroupReport | null = null,
  stdout = new Uint8Array(0),
) {
  const facts = {
    stdout,
    stderr: new Uint8Array(0),
    seen: SEEN,
    executables: [],
    cgroupLimits: [],
    cgroup,
    interrupted: null,
  };
  return interpret(planOf(answer.segments.length || 1), answer, facts);
}

const ENDINGS: [
  behaviour: string,
  segments: SegmentStatus[],
  exitCode: number,
  error: RegExp,
][] = [
  ["success", [ended()], 0, /^$/],
  ["the command's own code", [code(3)], 3, /^$/],
  ["its own 124, which is no time-out", [code(124)], 124, /^$/],
  ["its own 137, which is no signal", [code(137)], 137, /^$/],
  ["128+N for a signal", [killed(15)], 143, /^$/],
  [
    "127 for a program that is not there",
    [unexecuted(2)],
    127,
    /"prog0" in the sandbox: it, its interpreter/,
  ],
  ["126 for one that may not run", [unexecuted(13)], 126, /"prog0".*EACCES/],
  ["126 for a wrong format", [unexecuted(8)], 126, /ENOEXEC/],
  ["the first failure of a pipeline", [code(2), code(5)], 2, /^$/],
  ["a failure behind a success", [ended(), code(5), code(6)], 5, /^$/],
  ["no SIGPIPE whose reader succeeded", [killed(13), ended()], 0, /^$/],
  ["SIGPIPE whose reader failed", [killed(13), code(1)], 141, /^$/],
  ["SIGPIPE of the last segment", [ended(), killed(13)], 141, /^$/],
  [
    "a failure behind an excused SIGPIPE",
    [killed(13), ended(), code(4)],
    4,
    /^$/,
  ],
  [
    "another signal though the reader succeeded",
    [killed(9), ended()],
    137,
    /^$/,
  ],
  [
    "exit code 141 as SIGPIPE, as shells report it",
    [code(141), ended()],
    0,
    /^$/,
  ],
  [
    "a missing program in the middle",
    [ended(), unexecuted(2), ended()],
    127,
    /"prog1"/,
  ],
];

Deno.test("interpret() believes no report that leaves a segment out", () => {
  const facts = {
    stdout: new Uint8Array(0),
    stderr: new Uint8Array(0),
    seen: SEEN,
    executables: [],
    cgroupLimits: [],
    cgroup: null,
    interrupted: null,
  };
  for (const planned of [1, 3]) {
    const answer = answerOf({ segments: [ended(), ended()] });
    const result = interpret(planOf(planned), answer, facts);
    assert.equal(result.exitCode, 137);
    assert.match(result.error, /without a report/);
  }
});

for (const [behaviour, segments, exitCode, error] of ENDINGS) {
  Deno.test(`interpret() gives ${behaviour}`, () => {
    const result = resultOf(answerOf({ segments }));
    assert.equal(result.exitCode, exitCode);
    assert.match(result.error, error);
    assert.equal(result.timedOut, false);
  });
}

Deno.test("interpret() gives 124 for a time-out, and says after how long", () => {
  const answer = answerOf({ outcome: "timed_out", segments: [], killedBy: 9 });
  const result = resultOf(answer);
  assert.deepEqual([result.exitCode, result.timedOut], [124, true]);
  assert.equal(result.error, "command timed out after 10 seconds");
});

Deno.test("interpret() gives 124 for what ended by itself behind the deadline", () => {
  const late = resultOf(answerOf({ ranUs: 10_000_001 }));
  assert.deepEqual([late.exitCode, late.timedOut], [124, true]);
  assert.equal(late.error, "command timed out after 10 seconds");
  assert.equal(late.facts["ran_us"], 10_000_001);
  const failed = answerOf({ ranUs: 10_000_001, segments: [code(3)] });
  assert.equal(resultOf(failed).exitCode, 124);
  const last = resultOf(answerOf({ ranUs: 10_000_000, wallUs: 99_000_000 }));
  assert.deepEqual([last.exitCode, last.timedOut], [0, false]);
});

Deno.test("interpret() gives 137 for a sandbox that ended without a word", () => {
  const answer = answerOf({ outcome: "died", segments: [], killedBy: 9 });
  const result = resultOf(answer);
  assert.deepEqual([result.exitCode, result.timedOut], [137, false]);
  assert.match(result.error, /without a report \(signal 9\)/);
});

const GIB = 1024 ** 3;

Deno.test("interpret() says out of memory where the cgroup counted a kill", () => {
  const cgroup = counted({ peakMemoryBytes: GIB, oomKills: 1 });
  for (
    const answer of [
      answerOf({ segments: [killed(9)] }),
      answerOf({ outcome: "died", segments: [], killedBy: 9 }),
    ]
  ) {
    const result = resultOf(answer, cgroup);
    assert.equal(result.exitCode, 137);
    assert.match(result.error, /out of memory \(limit 1073741824 bytes\)/);
    assert.deepEqual(result.notes, []);
  }
});

Deno.test("interpret() tells the host's want of memory from the limit", () => {
  const answer = answerOf({ segments: [killed(9)] });
  const below = counted({ peakMemoryBytes: GIB / 2, oomKills: 1 });
  assert.match(resultOf(answer, below).error, /of the host, below the limit/);
  const unknown = counted({ peakMemoryBytes: null, oomKills: 1 });
  assert.match(resultOf(answer, unknown).error, /limit 1073741824 bytes/);
});

Deno.test("interpret() blames memory only for a death by SIGKILL, and notes the rest", () => {
  const cgroup = counted({ peakMemoryBytes: GIB, oomKills: 2 });
  // Helpers were killed, the command coped.
  for (const answer of [answerOf(), answerOf({ segments: [code(1)] })]) {
    const { error, notes } = resultOf(answer, cgroup);
    assert.equal(error, "");
    assert.equal(notes.length, 1);
    assert.match(notes[0]!, /out of memory .*killed 2 of its processes/);
  }
  const timedOut = answerOf({ outcome: "timed_out", segments: [] });
  assert.equal(resultOf(timedOut, cgroup).notes.length, 1);
  const none = resultOf(answerOf({ segments: [killed(9)] }), counted());
  assert.deepEqual([none.error, none.notes], ["", []]);
  const uncounted = counted({ oomKills: null });
  assert.deepEqual(resultOf(answerOf(), uncounted).notes, []);
});

for (const stage of STAGES) {
  Deno.test(`interpret() throws where stage ${stage} failed`, () => {
    const failure = { stage, errno: 1, text: 'open "/x"' };
    assert.throws(
      () => resultOf(answerOf({ failure, segments: [] })),
      (error) =>
        isCscError(error) &&
        error.code ===
          (stage === "idmap" ? "NOT_ENFORCEABLE" : "SANDBOX_UNAVAILABLE") &&
        error.message.includes(`stage ${stage}: open "/x"`) &&
        error.message.includes("EPERM") && error.hint !== undefined,
    );
  });
}

Deno.test("interpret() names the user who may not do what root could", () => {
  const runAs = { uid: 77, gid: 78, switched: true };
  const facts = {
    stdout: new Uint8Array(0),
    stderr: new Uint8Array(0),
    seen: SEEN,
    executables: [],
    cgroupLimits: [],
    cgroup: null,
    interrupted: null,
  };
  const plan = { ...planOf(1), runAs };
  const segments = [unexecuted(13)];
  assert.match(
    interpret(plan, answerOf({ segments }), facts).error,
    /"prog0".*EACCES.* for uid 77, as which root's commands run$/,
  );
  const failure = { stage: "mounts", errno: 13, text: "open" } as const;
  assert.throws(
    () => interpret(plan, answerOf({ failure }), facts),
    (error) =>
      isCscError(error) && /uid 77 \("run_as"\)/.test(error.hint ?? ""),
  );
});

const HINTS: [errno: number, hint: RegExp][] = [
  [12, /no more processes, memory or open files/],
  [24, /no more processes, memory or open files/],
  [38, /Linux 5\.12 or newer\.$/],
  [1, /forbids user namespaces/],
];
for (const [errno, hint] of HINTS) {
  Deno.test(`interpret() hints at the cause of error ${errno}, then at the stage`, () => {
    const failure = { stage: "user_namespace", errno, text: "map" } as const;
    assert.throws(
      () => resultOf(answerOf({ failure })),
      (error) => isCscError(error) && hint.test(error.hint ?? ""),
    );
  });
}

Deno.test("interpret() names no error number where the kernel was not asked", () => {
  const failure = { stage: "plan", errno: 0, text: "plan ends" } as const;
  assert.throws(
    () => resultOf(answerOf({ failure })),
    /stage plan: plan ends$/,
  );
});

Deno.test("interpret() calls truncated what was not kept whole", () => {
  const stdout = new TextEncoder().encode("abcd");
  const stream = { total: 5, kept: 4, sha256: "a".repeat(64), at: 0n };
  const result = resultOf(answerOf({ stdout: stream }), null, stdout);
  assert.equal(new TextDecoder().decode(result.stdout.bytes), "abcd");
  assert.deepEqual(
    [result.stdout.total, result.stdout.truncated, result.stdout.sha256],
    [5, true, "a".repeat(64)],
  );
});

Deno.test("interpret() calls nothing truncated that was kept whole", () => {
  const stream = { total: 4, kept: 4, sha256: SHA, at: 0n };
  const stdout = new TextEncoder().encode("abcd");
  const result = resultOf(answerOf({ stdout: stream }), null, stdout);
  assert.equal(result.stdout.truncated, false);
});

Deno.test("interpret() states stages, segments and counters as facts", () => {
  const answer = answerOf({ stagesApplied: ["plan", "seccomp"] });
  const { facts } = resultOf(answer, counted({ peakMemoryBytes: 77 }));
  assert.deepEqual(facts["stages"], ["plan", "seccomp"]);
  assert.equal(facts["plan_sha256"], "1".repeat(64));
  assert.deepEqual(facts["sandbox"], {
    seccomp_mode: 2,
    seccomp_filter_sha256: "2".repeat(64),
  });
  assert.deepEqual(facts["usage"], {
    user_us: 7,
    system_us: 8,
    peak_memory_bytes: 77,
    peak_processes: 2,
    oom_kills: 0,
  });
  assert.deepEqual(facts["segments"], [{
    exit_code: 0,
    signal: null,
    exec_errno: 0,
    user_us: 1,
    system_us: 2,
    max_rss_kib: 3,
  }]);
});

Deno.test("interpret() claims no counter that nobody kept", () => {
  const usage = resultOf(answerOf(), null).facts["usage"];
  assert.deepEqual(usage, {
    user_us: 7,
    system_us: 8,
    peak_memory_bytes: null,
    peak_processes: null,
    oom_kills: null,
  });
});

Deno.test("interpret() has the observed stages of a sandbox that was killed", () => {
  const answer = answerOf({
    outcome: "timed_out",
    segments: [],
    stagesApplied: [],
  });
  assert.deepEqual(resultOf(answer).facts["stages"], ["plan", "observe"]);
});

Deno.test("notStarted() has empty streams and no stage", async () => {
  const result = await notStarted(127, "command not found");
  assert.deepEqual([result.exitCode, result.timedOut], [127, false]);
  assert.equal(result.stdout.total, 0);
  assert.equal(
    result.stderr.sha256,
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
  assert.deepEqual(result.facts, { stages: [] });
});

import assert from "node:assert/strict";
import { isCscError } from "../../../src/core/errors.ts";
import { interpret, notStarted } from "../../../src/execute/result.ts";
import { type SegmentStatus, STAGES } from "../../../src/execute/status.ts";
import {
  answerOf,
  code,
  ended,
  killed,
  planOf,
  resultOf,
  SEEN,
  SHA,
  unexecuted,
} from "./answers.ts";

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
    interpreters: [],
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
    interpreters: [],
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
  const stream = { total: 5, kept: 4, sha256: "a".repeat(64), lost: 0, at: 0n };
  const result = resultOf(answerOf({ stdout: stream }), null, stdout);
  assert.equal(new TextDecoder().decode(result.stdout.bytes), "abcd");
  assert.deepEqual(
    [result.stdout.total, result.stdout.truncated, result.stdout.sha256],
    [5, true, "a".repeat(64)],
  );
});

Deno.test("interpret() calls nothing truncated that was kept whole", () => {
  const stream = { total: 4, kept: 4, sha256: SHA, lost: 0, at: 0n };
  const stdout = new TextEncoder().encode("abcd");
  const result = resultOf(answerOf({ stdout: stream }), null, stdout);
  assert.equal(result.stdout.truncated, false);
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

import assert from "node:assert/strict";
import { answerOf, code, counted, killed, resultOf, SHA } from "./answers.ts";

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
    assert.match(
      result.error,
      /^(?:command was killed \(SIGKILL\)|sandbox ended without a report \(signal 9\)); out of memory \(limit 1073741824 bytes\): the kernel killed 1 of its processes$/,
    );
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
  // Helpers were killed, the command coped, or a shell says how one ended.
  for (const exit of [0, 1, 137]) {
    const answer = answerOf({ segments: [code(exit)] });
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

Deno.test("interpret() says why output was lost on its way, and only then", () => {
  const none = { total: 3, kept: 3, sha256: SHA, at: 0n };
  const { stdout, stderr } = resultOf(answerOf({
    stdout: { ...none, lost: 28 },
    stderr: { ...none, lost: 0 },
  }));
  assert.equal(stdout.lost, "no space left (ENOSPC)");
  assert.equal("lost" in stderr, false);
});

/**
 * What csc makes of an answer of the bridge and the launcher's record in it,
 * when the bytes are anybody's: never a success that nobody has reported.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalText } from "../../src/core/canonical.ts";
import { isCscError } from "../../src/core/errors.ts";
import { interpret } from "../../src/execute/result.ts";
import { ANSWER_LEN, decodeAnswer, STAGES } from "../../src/execute/status.ts";
import { samplePipeline } from "../unit/decide/samples.ts";
import { program, sampleFacts, samplePlan } from "../unit/plan/samples.ts";
import { holds } from "./property.ts";

/** Offset of the launcher's record; its layout is compared in tests/native. */
const STATUS = ANSWER_LEN - (16 + 32 + 264 + 40 * 10 + 8);
const SEGMENTS = STATUS + 16 + 32 + 264;

const PLANS = [1, 2, 10].map((count) => {
  const argvs = Array.from({ length: count }, (_, i) => [`prog${i}`]);
  const executables = argvs.map(([name]) => program(`/b/${name}`));
  return samplePlan({
    command: samplePipeline(argvs),
    facts: sampleFacts({ executables }),
  });
});

/** Where numbers lie that decide something. */
const place = fc.oneof(
  fc.constantFrom(0, 4, 8, 12, STATUS, STATUS + 4, STATUS + 8, STATUS + 12),
  fc.nat({ max: 9 }).map((index) => SEGMENTS + 40 * index),
  fc.nat({ max: 9 }).map((index) => SEGMENTS + 40 * index + 4),
  fc.nat({ max: ANSWER_LEN / 4 - 1 }).map((index) => index * 4),
);
const number = fc.oneof(
  fc.nat({ max: 12 }),
  fc.constantFrom(0x7f, 0x80, 0x100, 0xff00, 0x8000_0000, 0xffff_ffff),
  fc.nat({ max: 0xffff_ffff }),
);

/** A record of as many successes as it says, with changes. */
const answers = fc.tuple(
  fc.constantFrom(1, 2, 10),
  fc.array(fc.tuple(place, number), { maxLength: 6 }),
).map(([segments, changes]) => {
  const bytes = new Uint8Array(ANSWER_LEN);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 1, true); // reported
  view.setUint32(STATUS + 4, 2, true); // ended
  view.setUint32(STATUS + 12, segments, true);
  for (const [at, value] of changes) view.setUint32(at, value, true);
  return bytes;
});

Deno.test("status: any answer is decoded, and states nothing impossible", async () => {
  const noise = fc.uint8Array({ minLength: ANSWER_LEN, maxLength: ANSWER_LEN });
  await holds(fc.oneof(answers, noise), (bytes) => {
    const answer = decodeAnswer(bytes as Uint8Array<ArrayBuffer>);
    const ended = answer.outcome === "reported" && answer.failure === null;
    assert.equal(answer.segments.length > 0, ended);
    assert.ok(answer.segments.length <= 10);
    for (const stage of answer.stagesApplied) assert.ok(STAGES.includes(stage));
    for (const segment of answer.segments) {
      const { exitCode, signal, changed: _, ...counters } = segment;
      assert.equal(exitCode === null, signal !== null);
      assert.ok((exitCode ?? 0) >= 0 && (exitCode ?? 0) <= 255);
      assert.ok((signal ?? 1) >= 1 && (signal ?? 1) <= 127);
      for (const value of Object.values(counters)) {
        assert.ok(Number.isSafeInteger(value));
      }
    }
  });
});

Deno.test("status: a run succeeds only if every segment was reported to have", async () => {
  let succeeded = 0;
  const values = fc.tuple(answers, fc.constantFrom(...PLANS));
  await holds(values, ([bytes, plan]) => {
    const answer = decodeAnswer(bytes as Uint8Array<ArrayBuffer>);
    const none = new Uint8Array(0);
    const facts = {
      stdout: none,
      stderr: none,
      seen: null,
      executables: [],
      interpreters: [],
      cgroupLimits: [],
      cgroup: null,
      interrupted: null,
    };
    let result;
    try {
      result = interpret(plan, answer, facts);
    } catch (error) {
      assert.ok(isCscError(error), `${error}`);
      assert.match(error.code, /^(SANDBOX_UNAVAILABLE|NOT_ENFORCEABLE)$/);
      return;
    }
    assert.ok(result.exitCode >= 0 && result.exitCode <= 255);
    const { stages, segments } = result.facts as never;
    canonicalText({ stages, segments });
    if (result.exitCode !== 0) return;
    succeeded++;
    assert.equal(answer.outcome, "reported");
    assert.equal(answer.segments.length, plan.segments.length);
    for (const [index, segment] of answer.segments.entries()) {
      const excused = segment.signal === 13 &&
        index + 1 < answer.segments.length;
      assert.ok(segment.execErrno === 0 && (segment.exitCode === 0 || excused));
    }
  });
  assert.ok(succeeded > 10, `${succeeded} succeeded`);
});

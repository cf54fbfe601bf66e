/** Answers that no launcher of ours writes; tests/native has those it does. */
import assert from "node:assert/strict";
import {
  ANSWER_LEN,
  decodeAnswer,
  encodeRequest,
  STAGES,
} from "../../../src/execute/status.ts";
import { wireDump } from "../../native/wire_dump.ts";

/** Offset of the launcher's record; its layout is compared in tests/native. */
const STATUS = ANSWER_LEN - (16 + 32 + 264 + 40 * 10 + 8);

async function changedAnswer(
  change: (view: DataView) => void,
): Promise<ReturnType<typeof decodeAnswer>> {
  const bytes = await wireDump("answer");
  change(new DataView(bytes.buffer));
  return decodeAnswer(bytes);
}

Deno.test("decodeAnswer() takes an answer of zeros for a failure to start", () => {
  const answer = decodeAnswer(new Uint8Array(ANSWER_LEN));
  assert.equal(answer.outcome, "not_started");
  assert.deepEqual(answer.failure, { stage: "none", errno: 0, text: "" });
  assert.deepEqual(answer.segments, []);
  assert.deepEqual(answer.stagesApplied, []);
});

Deno.test("decodeAnswer() reads the bridge's failure where nothing started", async () => {
  const answer = await changedAnswer((view) => view.setUint32(0, 0, true));
  assert.deepEqual(answer.failure, {
    stage: "spawn",
    errno: 1,
    text: "the bridge's",
  });
});

for (
  const [number, outcome] of [[2, "timed_out"], [3, "died"], [4, "abandoned"], [
    99,
    "died",
  ]]
    .map(([a, b]) => [Number(a), String(b)] as const)
) {
  Deno.test(`decodeAnswer() reads outcome ${number} as ${outcome}, without a record`, async () => {
    const answer = await changedAnswer((view) =>
      view.setUint32(0, number, true)
    );
    assert.equal(answer.outcome, outcome);
    // The bytes of a record are there; nobody vouches for them.
    assert.deepEqual(answer.segments, []);
    assert.deepEqual(answer.stagesApplied, []);
    assert.equal(answer.failure, null);
  });
}

for (
  const [what, offset, value] of [
    ["of no segment", 12, 0],
    ["of more segments than there is room for", 12, 11],
    ["of far more segments", 12, 0xffffffff],
    ["of no kind", 4, 0],
    ["of a kind from the future", 4, 3],
  ] as const
) {
  Deno.test(`decodeAnswer() takes a record ${what} for none`, async () => {
    const answer = await changedAnswer((view) =>
      view.setUint32(STATUS + offset, value, true)
    );
    assert.equal(answer.outcome, "died");
    assert.deepEqual(answer.segments, []);
    assert.deepEqual(answer.stagesApplied, []);
    assert.equal(answer.ranUs, 0);
  });
}

Deno.test("decodeAnswer() bounds counters by what evidence can state", async () => {
  const answer = await changedAnswer((view) => {
    view.setBigUint64(STATUS + 16 + 32 + 264 + 8, 2n ** 64n - 1n, true);
    view.setBigUint64(STATUS + 16 + 32 + 264 + 40 * 10, 2n ** 53n, true);
  });
  assert.equal(answer.segments[0]?.userUs, Number.MAX_SAFE_INTEGER);
  assert.equal(answer.ranUs, Number.MAX_SAFE_INTEGER);
});

Deno.test("decodeAnswer() never reads more stages than there is room for", async () => {
  const answer = await changedAnswer((view) =>
    view.setUint32(STATUS + 8, 0xffffffff, true)
  );
  assert.equal(answer.stagesApplied.length, 32);
});

Deno.test("decodeAnswer() keeps the order of the stages, and the place of an unknown one", async () => {
  const answer = await changedAnswer((view) => {
    view.setUint32(STATUS + 8, 3, true);
    const numbers = [STAGES.indexOf("exec"), 200, STAGES.indexOf("plan")];
    for (const [index, stage] of numbers.entries()) {
      view.setUint8(STATUS + 16 + index, stage);
    }
  });
  assert.deepEqual(answer.stagesApplied, ["exec", "none", "plan"]);
});

Deno.test("decodeAnswer() reads a message that fills its field", async () => {
  const answer = await changedAnswer((view) => {
    view.setUint32(0, 0, true);
    for (let i = 0; i < 256; i++) view.setUint8(16 + i, 0x61);
  });
  assert.equal(answer.failure?.text, "a".repeat(256));
});

Deno.test("decodeAnswer() reads stage numbers from the future as none", async () => {
  const answer = await changedAnswer((view) => {
    view.setUint32(0, 0, true);
    view.setUint32(8, 1000, true);
  });
  assert.equal(answer.failure?.stage, "none");
});

Deno.test("encodeRequest() refuses what does not fit an unsigned number", () => {
  const request = {
    launcherFd: 3,
    planFd: 4,
    stdoutFd: -1,
    stderrFd: -1,
    escapeStdout: false,
    escapeStderr: false,
    deadlineMs: 1,
    stdoutCap: 1,
    stderrCap: 1,
    cgroupFilesLen: 0,
    gateFd: -1,
    progressFd: -1,
  };
  assert.throws(() => encodeRequest({ ...request, deadlineMs: 1.5 }));
});

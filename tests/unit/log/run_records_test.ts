import assert from "node:assert/strict";
import { createRunRecords } from "../../../src/log/run_records.ts";
import { MemoryDirectory, stream } from "../run/fakes.ts";

const JUDGED = {
  executionId: "run-1",
  contract: `{"contract":1}`,
  decision: { decision: "allow", note: null },
};

async function ended(texts: [string, string][]) {
  return {
    ...JUDGED,
    evidence: "E\n",
    receipt: "R\n",
    outputs: await Promise.all(texts.map(async ([out, err]) => ({
      stdout: await stream(out),
      stderr: await stream(err),
    }))),
  };
}

function records() {
  const held = new MemoryDirectory();
  return { held, made: createRunRecords(held) };
}

Deno.test("intend() makes the intent durable after everything it refers to", () => {
  const { held, made } = records();
  made.intend(JUDGED, { execution_id: "run-1" });
  assert.deepEqual(held.journal, [
    "sync /runs",
    "sync ",
    "put /runs/run-1/contract.json",
    "put /runs/run-1/decision.json",
    "replace /runs/run-1/intent.json",
  ]);
  const run = held.directory("runs").directory("run-1");
  assert.equal(run.files.get("contract.json"), `{"contract":1}\n`);
  assert.equal(
    run.files.get("decision.json"),
    `{"decision":"allow","note":null}\n`,
  );
});

Deno.test("conclude() adds what came of the run", async () => {
  const { held, made } = records();
  made.intend(JUDGED, {});
  made.conclude(await ended([["a", ""], ["b", ""]]));
  const { files } = held.directory("runs").directory("run-1");
  assert.deepEqual(Object.fromEntries(files), {
    "contract.json": `{"contract":1}\n`,
    "decision.json": `{"decision":"allow","note":null}\n`,
    "intent.json": "{}\n",
    "stdout": "ab",
    "evidence.json": "E\n",
    "receipt.json": "R\n",
  });
});

Deno.test("conclude() records a run that never started", async () => {
  const { held, made } = records();
  made.conclude(await ended([]));
  const { files } = held.directory("runs").directory("run-1");
  assert.deepEqual([...files.keys()].sort(), [
    "contract.json",
    "decision.json",
    "evidence.json",
    "receipt.json",
  ]);
});

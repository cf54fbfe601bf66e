import assert from "node:assert/strict";
import { idsMeant, runIds, runSummary } from "../../../src/log/history.ts";
import { tempPlace } from "../run/temp_place.ts";

const OLD = "017a0000-0000-7000-8000-000000000001";
const NEW = "017b0000-0000-7000-8000-000000000002";

/** A state directory with these files, by path below `runs`. */
function stateWith(files: Record<string, string>): string {
  const state = tempPlace();
  for (const [path, text] of Object.entries(files)) {
    const folder = `${state}/runs/${path.slice(0, path.lastIndexOf("/"))}`;
    Deno.mkdirSync(folder, { recursive: true });
    Deno.writeTextFileSync(`${state}/runs/${path}`, text);
  }
  return state;
}

Deno.test("runIds() lists runs alone, the newest first", () => {
  const state = stateWith({
    [`${OLD}/x`]: "",
    [`${NEW}/x`]: "",
    "notes/x": "",
  });
  assert.deepEqual(runIds(state), [NEW, OLD]);
  assert.deepEqual(runIds(`${state}/none`), []);
});

Deno.test("idsMeant() knows the last one, ids, and their beginnings", () => {
  const ids = [NEW, OLD];
  assert.deepEqual(idsMeant("last", ids), [NEW]);
  assert.deepEqual(idsMeant("last", []), []);
  assert.deepEqual(idsMeant(OLD, ids), [OLD]);
  assert.deepEqual(idsMeant("017B00", ids), [NEW]);
  assert.deepEqual(idsMeant("017", ids), ids);
  assert.deepEqual(idsMeant("8000", ids), []);
});

Deno.test("runSummary() tells what the documents say", () => {
  const state = stateWith({
    [`${NEW}/contract.json`]: JSON.stringify({
      contract_id: "c",
      commands: [
        { exec: { argv: ["wc", "-w"] } },
        { pipeline: { segments: [{ argv: ["a"] }, { argv: ["b"] }] } },
      ],
    }),
    [`${NEW}/receipt.json`]: JSON.stringify({
      contract_id: "c",
      policy_profile: "p",
      status: "failed",
      exit_code: 7,
    }),
  });
  assert.deepEqual(runSummary(state, NEW), {
    id: NEW,
    startedAt: 0x017b00000000,
    status: "failed",
    exitCode: 7,
    policy: "p",
    contractId: "c",
    commands: [[["wc", "-w"]], [["a"], ["b"]]],
  });
});

Deno.test("runSummary() tells a run that is not over from a torn record", () => {
  const state = stateWith({
    [`${OLD}/decision.json`]: '{"policy_profile":"p"}',
    [`${NEW}/receipt.json`]: '{"status":',
  });
  const unfinished = runSummary(state, OLD);
  assert.deepEqual([unfinished.status, unfinished.policy], ["unfinished", "p"]);
  assert.equal(unfinished.exitCode, null);
  const damaged = runSummary(state, NEW);
  assert.deepEqual([damaged.status, damaged.commands], ["damaged", []]);
});

/** How figures of the benchmark are held against their targets. */
import assert from "node:assert/strict";
import {
  CHECK,
  DENO,
  EVALUATIONS,
  judge,
  verdictLine,
} from "../../../scripts/bench/targets.ts";

function verdictOn(subject: string, figures: [string, number][]) {
  const found = judge(new Map(figures)).find((one) => one.subject === subject);
  assert.ok(found !== undefined);
  return found;
}

Deno.test("judge() divides by what the target names, and keeps the bound itself as met", () => {
  const met = verdictOn(CHECK, [[CHECK, 16], [DENO, 10]]);
  assert.deepEqual([met.reached, met.met], [1.6, true]);
  const missed = verdictOn(CHECK, [[CHECK, 16.1], [DENO, 10]]);
  assert.equal(missed.met, false);
  assert.match(verdictLine(missed), /1\.61 \(at most 1\.6\): MISSED$/);
});

Deno.test("judge() holds a figure against its least value", () => {
  assert.equal(verdictOn(EVALUATIONS, [[EVALUATIONS, 19_999]]).met, false);
  const met = verdictOn(EVALUATIONS, [[EVALUATIONS, 20_001]]);
  assert.match(verdictLine(met), /20001\/s \(at least 20000\/s\): met$/);
});

Deno.test("judge() never calls met what was not measured", () => {
  const unknown = verdictOn(CHECK, [[CHECK, 1]]);
  assert.equal(unknown.met, false);
  assert.match(verdictLine(unknown), /not measured$/);
});

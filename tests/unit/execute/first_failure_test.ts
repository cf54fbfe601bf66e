import assert from "node:assert/strict";
import { firstFailure } from "../../../src/execute/first_failure.ts";

const CASES: [codes: number[], failed: number][] = [
  [[0], -1],
  [[3], 0],
  [[141], 0],
  [[0, 0], -1],
  [[1, 2], 0],
  [[0, 2], 1],
  [[0, 3, 4], 1],
  [[141, 0], -1],
  [[141, 1], 0],
  [[0, 141], 1],
  [[141, 141, 0], -1],
  [[141, 141, 1], 0],
  [[141, 0, 4], 2],
  [[4, 141, 0], 0],
  [[141, 4, 0], 0],
  [[137, 0], 0],
];

for (const [codes, failed] of CASES) {
  Deno.test(`firstFailure() of ${codes} is ${failed}`, () => {
    assert.equal(firstFailure(codes), failed);
  });
}

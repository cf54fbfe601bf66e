import assert from "node:assert/strict";
import { judge, report } from "../../../scripts/test/coverage.ts";

const COUNTS = [
  { path: "native/a.c", lines: 1000, covered: 849 },
  { path: "native/b.c", lines: 1, covered: 1 },
];
const FILES = new Set(["native/a.c", "native/b.c"]);

Deno.test("report() shows each file and the whole, and rounds nothing up", () => {
  const { text, percent } = report(COUNTS);
  assert.equal(percent, 850 * 100 / 1001);
  assert.deepEqual(text.split("\n").map((line) => line.trim().split(/\s+/)), [
    ["native/a.c", "849", "of", "1000", "84.9", "%"],
    ["native/b.c", "1", "of", "1", "100.0", "%"],
    ["native/", "850", "of", "1001", "84.9", "%"],
  ]);
});

Deno.test("judge() fails below the minimum, and for a file that nothing counts", () => {
  const enough = [{ path: "native/a.c", lines: 100, covered: 85 }];
  const one = new Set(["native/a.c"]);
  assert.equal(judge(COUNTS, FILES).failed, 1);
  assert.equal(judge(enough, one).passed, 1);
  assert.equal(judge(enough, FILES).failed, 1);
  assert.equal(judge([], new Set()).failed, 1);
});

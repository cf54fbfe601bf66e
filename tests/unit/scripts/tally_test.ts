import assert from "node:assert/strict";
import {
  add,
  NONE,
  ONE_FAILED,
  type Strictness,
  type Tally,
  tallyDeno,
  tallyNative,
  tallyText,
} from "../../../scripts/test/tally.ts";

const PLAIN: Strictness = { security: false, ci: false };
const WALLS: Strictness = { security: true, ci: false };
const WALLS_IN_CI: Strictness = { security: true, ci: true };

type Case = [
  behaviour: string,
  output: string,
  succeeded: boolean,
  strictness: Strictness,
  tally: [passed: number, failed: number, skipped: number],
];

const CASES: Case[] = [
  ["reads a pass", "ok | 12 passed | 0 failed (3s)", true, PLAIN, [12, 0, 0]],
  [
    "reads a failure",
    "FAILED | 11 passed | 2 failed (3s)\n\nerror: Test failed",
    false,
    PLAIN,
    [11, 2, 0],
  ],
  [
    "reads steps, ignored and filtered tests",
    "ok | 5 passed (7 steps) | 0 failed | 2 ignored | 9 filtered out (1s)",
    true,
    PLAIN,
    [5, 0, 2],
  ],
  [
    "reads colours away",
    "\x1b[0m\x1b[32mok\x1b[0m | 3 passed | 0 failed \x1b[38;5;245m(1s)\x1b[0m",
    true,
    PLAIN,
    [3, 0, 0],
  ],
  ["counts a crash without a summary", "error: type", false, PLAIN, [0, 1, 0]],
  [
    "counts a failure that no test has",
    "ok | 3 passed | 0 failed (1s)\nerror: leaked",
    false,
    PLAIN,
    [3, 1, 0],
  ],
  [
    "counts a file that says it skips",
    "SKIPPED interop: no python\nok | 3 passed | 0 failed (1s)",
    true,
    PLAIN,
    [3, 0, 1],
  ],
  [
    "counts once what is said and ignored",
    "SKIPPED compile: none\nok | 3 passed | 0 failed | 1 ignored (1s)",
    true,
    PLAIN,
    [3, 0, 1],
  ],
  [
    "takes no skip of a wall for a pass",
    "SKIPPED reads: no root\nok | 3 passed | 0 failed (1s)",
    true,
    WALLS,
    [2, 0, 1],
  ],
  [
    "fails a skip of a wall in CI",
    "SKIPPED reads: no root\nok | 3 passed | 0 failed (1s)",
    true,
    WALLS_IN_CI,
    [3, 1, 0],
  ],
  [
    "fails an ignored wall in CI",
    "ok | 3 passed | 0 failed | 1 ignored (1s)",
    true,
    WALLS_IN_CI,
    [3, 1, 0],
  ],
  [
    "does not count the failure of a skip twice",
    "SKIPPED reads: no root\nFAILED | 2 passed | 1 failed (1s)",
    false,
    WALLS_IN_CI,
    [2, 1, 0],
  ],
  [
    "sees skips at the start of a line only",
    "a test about SKIPPED ... ok\nok | 1 passed | 0 failed (1s)",
    true,
    WALLS_IN_CI,
    [1, 0, 0],
  ],
];

function tally([passed, failed, skipped]: Case[4]): Tally {
  return { passed, failed, skipped };
}

for (const [behaviour, output, succeeded, strictness, expected] of CASES) {
  Deno.test(`tallyDeno() ${behaviour}`, () => {
    assert.deepEqual(tallyDeno(output, succeeded, strictness), tally(expected));
  });
}

Deno.test("tallyNative() counts lines", () => {
  const output = "ok a\nFAILED b: c.c:1: x\nok d\n";
  assert.deepEqual(tallyNative(output, false), tally([2, 1, 0]));
});

Deno.test("tallyNative() counts skips, and fails them where it is told to", () => {
  const output = "ok a\nSKIPPED b: no kernel\nok c\n";
  assert.deepEqual(tallyNative(output, true), tally([2, 0, 1]));
  assert.deepEqual(tallyNative(output, true, true), tally([2, 1, 0]));
});

Deno.test("tallyNative() counts a program that a sanitizer ended", () => {
  const output = "ok a\n==1==ERROR: AddressSanitizer\n";
  assert.deepEqual(tallyNative(output, false), tally([1, 1, 0]));
});

Deno.test("tallyText() is one plain line over all groups", () => {
  const sum = [ONE_FAILED, tally([3, 0, 2])].reduce(add, NONE);
  assert.equal(tallyText(sum), "3 passed, 1 failed, 2 skipped");
});

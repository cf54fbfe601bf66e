import assert from "node:assert/strict";
import {
  checkEagerSize,
  MAX_EAGER_BYTES,
} from "../../../scripts/check/eager_size.ts";
import { checkErrorHints } from "../../../scripts/check/error_hints.ts";
import { checkFileLength } from "../../../scripts/check/file_length.ts";
import { findingText } from "../../../scripts/check/finding.ts";
import { checkOpenNotes } from "../../../scripts/check/open_notes.ts";

const LENGTHS: [path: string, lines: number, refused: boolean][] = [
  ["src/a.ts", 350, false],
  ["src/a.ts", 351, true],
  ["native/a.c", 351, true],
  ["native/a.h", 351, true],
  ["scripts/a.sh", 351, true],
  ["tests/a_test.ts", 351, true],
  ["src/protocol/validators/contract.js", 900, false],
  ["native/launcher/seccomp_table.h", 900, false],
  ["README.md", 900, false],
];

for (const [path, lines, refused] of LENGTHS) {
  const verdict = refused ? "refuses" : "accepts";
  Deno.test(`checkFileLength() ${verdict} ${lines} lines of ${path}`, () => {
    const files = [{ path, text: "x\n".repeat(lines) }];
    assert.equal(checkFileLength(files).length, refused ? 1 : 0);
  });
}

Deno.test("checkFileLength() counts a last line without its end", () => {
  const files = [{ path: "src/a.ts", text: `${"x\n".repeat(350)}x` }];
  assert.equal(checkFileLength(files).length, 1);
});

// In two parts, so that this file passes the rule.
for (const note of [`TO${"DO"}`, `FIX${"ME"}`]) {
  Deno.test(`checkOpenNotes() finds ${note} wherever it stands`, () => {
    const text = `a\n/* ${note}: b */\n`;
    const [finding] = checkOpenNotes([{ path: "native/a.c", text }]);
    assert.deepEqual([finding?.path, finding?.line], ["native/a.c", 2]);
  });
}

Deno.test("checkOpenNotes() accepts words that only look alike", () => {
  const text = `all METHODS, auTO${"DO"}c, to${"do"}`;
  assert.deepEqual(checkOpenNotes([{ path: "src/a.ts", text }]), []);
});

Deno.test("findingText() is what editors read", () => {
  const finding = { path: "src/a.ts", line: 3, message: "m" };
  assert.equal(findingText(finding), "src/a.ts:3: m");
  assert.equal(findingText({ ...finding, line: 0 }), "src/a.ts: m");
});

const ERRORS: [what: string, text: string, lines: number[]][] = [
  ["one with a hint", `throw new CscError("USAGE", "a", { hint: "b" });`, []],
  ["one without", `\nthrow new CscError("USAGE", f("hint)"), {\ncause });`, [
    2,
  ]],
  ["a defect", `new CscError("INTERNAL", "a")`, []],
  ["a hint in the next call", `new CscError("USAGE", "a"), f({ hint })`, [1]],
];
for (const [what, text, lines] of ERRORS) {
  Deno.test(`checkErrorHints() judges ${what}`, () => {
    const found = checkErrorHints([{ path: "src/a.ts", text }]);
    assert.deepEqual(found.map(({ line }) => line), lines);
  });
}

Deno.test("checkEagerSize() refuses what is one byte too large", () => {
  assert.equal(checkEagerSize("x".repeat(MAX_EAGER_BYTES)).length, 0);
  assert.equal(checkEagerSize("x".repeat(MAX_EAGER_BYTES + 1)).length, 1);
});

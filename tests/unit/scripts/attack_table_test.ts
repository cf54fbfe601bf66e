/** How what attacks came to becomes a table, and what counts as stopped. */
import assert, { AssertionError } from "node:assert/strict";
import type { MeasuredLine } from "../../../scripts/attack/measure.ts";
import { rowsFrom, tableOf } from "../../../scripts/attack/table.ts";
import { measuredFrom } from "../../sandbox/measuring.ts";
import {
  Admitted,
  DidNotRun,
  Skipped,
  Succeeded,
} from "../../sandbox/verdicts.ts";

const BOTH = { bwrap: true, firejail: true };

function line(members: Partial<MeasuredLine>): MeasuredLine {
  return {
    attack: "reads",
    subject: "csc",
    caller: "root",
    bare: "succeeds",
    confined: "stopped",
    note: "",
    ...members,
  };
}

Deno.test("rowsFrom() says it once where both callers fared alike", () => {
  const [row] = rowsFrom([line({}), line({ caller: "user" })]);
  assert.equal(row?.csc, "stopped");
  assert.equal(row?.callers, "root, user");
  assert.equal(row?.firejail, "not measured");
});

Deno.test("rowsFrom() says it for each caller where they differ", () => {
  const [row] = rowsFrom([
    line({ confined: "succeeds", note: "1 of 3" }),
    line({ caller: "user" }),
  ]);
  assert.equal(row?.csc, "root: succeeds (1 of 3); user: stopped");
});

Deno.test("rowsFrom() takes the worst of a file with several tests", () => {
  const [row] = rowsFrom([
    line({}),
    line({ confined: "succeeds" }),
    line({ confined: "n.a.", note: "no such thing" }),
  ]);
  assert.equal(row?.csc, "succeeds");
});

Deno.test("tableOf() counts as stopped only what no caller can do", () => {
  const rows = rowsFrom([
    line({}),
    line({ attack: "writes", caller: "root" }),
    line({ attack: "writes", caller: "user", confined: "succeeds" }),
    line({ attack: "reads", subject: "bwrap", confined: "n.a.", note: "x" }),
    line({ attack: "writes", subject: "bwrap" }),
  ]);
  const table = tableOf(rows, { ...BOTH, firejail: false });
  assert.match(table, /bwrap chain 1 of 1, csc 1 of 2\./);
  assert.doesNotMatch(table, /firejail \d/);
});

const VERDICTS: [what: string, thrown: unknown, confined: string][] = [
  ["a test that passes", null, "stopped"],
  ["a way that was possible", new Succeeded("x", ["a"], 2), "succeeds"],
  ["an assertion", new AssertionError({ message: "x" }), "succeeds"],
  ["an admission", new Admitted("no cgroup"), "succeeds"],
  ["a command that did not run", new DidNotRun({ message: "x" }), "n.a."],
  ["any other error", new TypeError("x"), "n.a."],
];
for (const [what, thrown, confined] of VERDICTS) {
  Deno.test(`measuredFrom() takes ${what} for "${confined}"`, () => {
    const measured = measuredFrom(thrown, true);
    assert.equal(measured.confined, confined);
    assert.equal(measured.bare, "succeeds");
  });
}

Deno.test("measuredFrom() claims nothing where the bare half did not work", () => {
  for (const thrown of [new Skipped("no"), new AssertionError({})]) {
    const measured = measuredFrom(thrown, false);
    assert.deepEqual([measured.bare, measured.confined], ["n.a.", "n.a."]);
  }
});

Deno.test("measuredFrom() keeps for review what proves nothing", () => {
  assert.equal(measuredFrom(new Skipped("no"), false).detail, undefined);
  assert.equal(measuredFrom(new TypeError("x"), false).detail, "x");
  assert.equal(measuredFrom(new DidNotRun({ message: "x" }), true).detail, "x");
});

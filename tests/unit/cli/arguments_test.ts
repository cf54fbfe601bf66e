import assert from "node:assert/strict";
import { parseArguments } from "../../../src/cli/arguments.ts";
import { nearest } from "../../../src/core/nearest.ts";
import { isCscError } from "../../../src/core/errors.ts";

const SYNTAX = {
  name: "verb",
  operands: ["ONE", "TWO", "[THREE]"],
  switches: ["--json"],
  options: ["--out"],
};

Deno.test("parseArguments() takes flags anywhere, in both spellings", () => {
  const spellings = [
    ["a", "--out", "x=y", "b", "--json"],
    ["--json", "--out=x=y", "a", "b"],
  ];
  for (const words of spellings) {
    const { operands, switches, options } = parseArguments(words, SYNTAX);
    assert.deepEqual(operands, ["a", "b"]);
    assert.deepEqual([...switches], ["--json"]);
    assert.deepEqual([...options], [["--out", "x=y"]]);
  }
});

Deno.test("parseArguments() ends flags at -- and keeps a lone dash", () => {
  const { operands } = parseArguments(["-", "--", "--json", "--"], SYNTAX);
  assert.deepEqual(operands, ["-", "--json", "--"]);
});

Deno.test("parseArguments() takes two dashes as a value where = says so", () => {
  const { options } = parseArguments(["a", "b", "--out=--"], SYNTAX);
  assert.deepEqual([...options], [["--out", "--"]]);
});

Deno.test("parseArguments() needs no operands for help", () => {
  assert.ok(parseArguments(["-h"], SYNTAX).switches.has("-h"));
});

const REFUSED: [words: string[], why: RegExp][] = [
  [["a"], /TWO is missing/],
  [["a", "b", "c", "d"], /"d" is one operand too many/],
  [["a", "b", "--jsn"], /unknown flag "--jsn"; did you mean "--json"\?/],
  [["a", "b", "--zzzzzz"], /unknown flag "--zzzzzz"$/],
  [["a", "b", "-x"], /unknown flag "-x"$/],
  [["a", "b", "-o"], /unknown flag "-o"; did you mean "--out"\?/],
  [["--out", "--", "a", "b"], /flag "--out" needs a value/],
  [["a", "b", "--out"], /needs a value/],
  [["a", "b", "--out="], /needs a value/],
  [["a", "b", "--json=1"], /takes no value/],
  [["a", "b", "--json", "--json"], /given twice/],
  [["a", "b", "--out", "1", "--out=2"], /given twice/],
  [["-", "-"], /only one operand/],
  [["a", "b\ufffd"], /"b\ufffd" holds U\+FFFD, which stands for bytes/],
  [["a", "b", "--out=\ufffd"], /holds U\+FFFD/],
  [["a", "b", "--", "\ufffd"], /holds U\+FFFD/],
];
for (const [words, why] of REFUSED) {
  Deno.test(`parseArguments() refuses ${JSON.stringify(words)}`, () => {
    assert.throws(
      () => parseArguments(words, SYNTAX),
      (error) =>
        isCscError(error) && error.code === "USAGE" && why.test(error.message),
    );
  });
}

Deno.test("nearest() finds typing errors and no more", () => {
  const verbs = ["check", "run", "verify-receipt"];
  assert.equal(nearest("chekc", verbs), "check");
  assert.equal(nearest("verify", verbs), null);
  assert.equal(nearest("rum", verbs), "run");
  assert.equal(nearest("x".repeat(1000), verbs), null);
});

import assert from "node:assert/strict";
import { tokenize } from "../../../scripts/check/tokens.ts";

/** Words outside of comments, strings and regular expressions. */
function words(text: string): string[] {
  return tokenize(text).filter(({ kind }) => kind === "word")
    .map(({ text }) => text);
}

const CASES: [behaviour: string, text: string, words: string[]][] = [
  ["drops line comments", "a // b\nc", ["a", "c"]],
  ["drops block comments", "a /* b\n * b */ c", ["a", "c"]],
  ["drops an interpreter line", "#!/usr/bin/env x\na", ["a"]],
  ["keeps strings apart", "a(\"b\", 'c')", ["a"]],
  ["honours escapes in strings", 'a("\\"b") + c', ["a", "c"]],
  ["takes a comment sign in a string for text", 'a("//", b)', ["a", "b"]],
  ["reads what a template inserts", "a(`b ${c} d ${e} f`)", ["a", "c", "e"]],
  ["reads templates in templates", "`a${`b${c}`}d` + e", ["c", "e"]],
  ["reads objects in templates", "`${{ a: { b } }}c` + d", ["a", "b", "d"]],
  ["takes a regular expression for text", "a(/b'c\"/g, d)", ["a", "d"]],
  ["takes a class with a slash for text", "a(/[/'b]/, c)", ["a", "c"]],
  ["tells a division from a regular expression", "a / b / c", ["a", "b", "c"]],
  ["takes what follows return for one", "return /b'/.c", ["return", "c"]],
  ["keeps private names whole", "this.#fetch()", ["this", "#fetch"]],
];

for (const [behaviour, text, expected] of CASES) {
  Deno.test(`tokenize() ${behaviour}: ${JSON.stringify(text)}`, () => {
    assert.deepEqual(words(text), expected);
  });
}

Deno.test("tokenize() numbers lines across comments and templates", () => {
  const tokens = tokenize("/*\n*/ a\n`\n${b}\n` c\n\nd");
  const lines = tokens.filter(({ kind }) => kind === "word")
    .map(({ text, line }) => `${text}${line}`);
  assert.deepEqual(lines, ["a2", "b4", "c5", "d7"]);
});

Deno.test("tokenize() ends at the end of a text cut anywhere", () => {
  const text = "a(`b${c}`, 'd', /e/, \"f\") /* g */ // h";
  for (let length = 0; length <= text.length; length++) {
    tokenize(text.slice(0, length));
  }
});

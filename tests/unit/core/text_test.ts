import assert from "node:assert/strict";
import fc from "fast-check";
import { quote, visible } from "../../../src/core/text.ts";

const UNSEEN: [what: string, text: string, escaped: string][] = [
  ["a terminal escape", "\u001b[31m", "\\u001b[31m"],
  ["a C1 control", "\u009b1m", "\\u009b1m"],
  ["delete", "\u007f", "\\u007f"],
  ["a bidi override", "\u202e", "\\u202e"],
  ["a bidi isolate", "\u2066", "\\u2066"],
  ["a zero-width space", "\u200b", "\\u200b"],
  ["a byte order mark", "\ufeff", "\\ufeff"],
  ["a soft hyphen", "\u00ad", "\\u00ad"],
  ["a Hangul filler", "\u3164", "\\u3164"],
  ["a variation selector", "\ufe0f", "\\ufe0f"],
  ["a tag character", "\u{e0041}", "\\udb40\\udc41"],
  ["a line separator", "\u2028", "\\u2028"],
  ["a no-break space", "\u00a0", "\\u00a0"],
  ["an em space", "\u2003", "\\u2003"],
  ["a Braille blank", "\u2800", "\\u2800"],
  ["a lone surrogate", "\ud800", "\\ud800"],
];

for (const [what, text, escaped] of UNSEEN) {
  Deno.test(`quote() and visible() escape ${what}`, () => {
    assert.equal(quote(`a${text}b`), `"a${escaped}b"`);
    assert.equal(visible(`a${text}b`), `a${escaped}b`);
  });
}

Deno.test("quote() leaves text that is seen", () => {
  assert.equal(quote("é 漢 😀 /x"), '"é 漢 😀 /x"');
});

Deno.test("quote() escapes quotes, backslashes and layout", () => {
  assert.equal(quote('"\\\n\r\t'), '"\\"\\\\\\n\\r\\t"');
});

Deno.test("quote() is a JSON string of the text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.equal(JSON.parse(quote(text, Infinity)), text);
  }));
});

Deno.test("quote() cuts at the limit and never inside an escape", () => {
  assert.equal(quote("abcd", 4), '"abcd"');
  assert.equal(quote("abcde", 4), '"abc…"');
  assert.equal(quote("ab\n\n", 4), '"ab…"');
  assert.equal(quote("\u001b\u001b", 7), '"\\u001b…"');
  assert.equal(quote("😀😀😀", 2), '"😀…"');
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 9 }), (text, max) => {
      assert.ok([...quote(text, max)].length <= max + 2);
    }),
  );
});

Deno.test("visible() keeps line feeds and tabs only when asked", () => {
  assert.equal(visible("a\n\tb\r"), "a\\n\\tb\\r");
  assert.equal(visible("a\n\tb\r", { keepLayout: true }), "a\n\tb\\r");
  assert.equal(visible('C:\\x "y"'), 'C:\\x "y"');
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { utf8 } from "../../../src/core/bytes.ts";
import {
  canonicalBytes,
  canonicalText,
  compareCodePoints,
} from "../../../src/core/canonical.ts";
import { sha256Hex } from "../../../src/core/digest.ts";
import { isCscError } from "../../../src/core/errors.ts";
import type { JsonValue } from "../../../src/core/json.ts";
import vectors from "../../vectors/reference.json" with { type: "json" };

Deno.test("canonicalText() sorts as the reference does", async () => {
  const { object, canonical, sha256 } = vectors.key_order;
  assert.equal(canonicalText(object), canonical);
  assert.equal(await sha256Hex(canonicalBytes(object)), sha256);
});

for (const { name, signed, payload } of vectors.receipts) {
  Deno.test(`canonicalText() keepNulls writes the signed bytes: ${name}`, () => {
    const { signature, ...receipt } = signed;
    const { signature: _, ...metadata } = signature;
    const unsigned = { ...receipt, signature: metadata };
    assert.equal(canonicalText(unsigned, { keepNulls: true }), payload);
    assert.ok(!canonicalText(unsigned).includes("null"));
  });
}

const CASES: [behaviour: string, value: JsonValue, text: string][] = [
  ["drops members that are null", { a: null, b: { c: null } }, '{"b":{}}'],
  ["keeps nulls in arrays", [null, 1], "[null,1]"],
  ["keeps the order of arrays", [2, 1], "[2,1]"],
  ["escapes C0 in lower case", "\u0000\u001f\u001b", '"\\u0000\\u001f\\u001b"'],
  ["uses the short escapes", '"\\\b\f\n\r\t', '"\\"\\\\\\b\\f\\n\\r\\t"'],
  ["keeps U+007F and U+2028", "\u007f\u2028", '"\u007f\u2028"'],
  ["keeps the solidus", "/", '"/"'],
  ["does not normalise", "e\u0301\u00e9", '"e\u0301\u00e9"'],
  [
    "sorts integer-like names as text",
    { 10: 1, 9: 2, a: 3 },
    '{"10":1,"9":2,"a":3}',
  ],
  ["writes large integers plainly", 2 ** 53 - 1, "9007199254740991"],
];

for (const [behaviour, value, text] of CASES) {
  Deno.test(`canonicalText() ${behaviour}`, () => {
    assert.equal(canonicalText(value), text);
  });
}

const REFUSED: [what: string, value: unknown, where: string][] = [
  ["a lone surrogate", { a: ["\ud800"] }, "/a/0"],
  ["a lone surrogate in a key", { "\udc00": 1 }, "/\ufffd"],
  ["a fraction", { "a/b": { "~": 1.5 } }, "/a~1b/~0"],
  ["2^53", [2 ** 53], "/0"],
  ["NaN", NaN, ""],
  ["infinity", Infinity, ""],
  ["negative zero", -0, ""],
  ["undefined", { a: undefined }, "/a"],
  ["a bigint", [1n], "/0"],
];

for (const [what, value, where] of REFUSED) {
  Deno.test(`canonicalText() refuses ${what}`, () => {
    assert.throws(
      () => canonicalText(value as JsonValue),
      (error) =>
        isCscError(error) && error.code === "NOT_CANONICAL" &&
        error.details[0]?.where === where,
    );
  });
}

Deno.test("compareCodePoints() orders as the bytes of UTF-8 do", () => {
  const text = fc.string({ unit: "binary", maxLength: 4 });
  const near = fc.constantFrom(
    "\ud7ff",
    "\ue000",
    "\uff5e",
    "😀",
    "\u{10ffff}",
  );
  fc.assert(fc.property(
    fc.array(fc.oneof(text, near), { maxLength: 4 }),
    fc.array(fc.oneof(text, near), { maxLength: 4 }),
    (left, right) => {
      const [a, b] = [left.join(""), right.join("")];
      const expected = compareBytes(utf8(a), utf8(b));
      assert.equal(Math.sign(compareCodePoints(a, b)), expected);
    },
  ));
});

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  for (let index = 0; index < left.length && index < right.length; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return Math.sign(left.length - right.length);
}

Deno.test("canonicalText() sorts members by code point, beyond the BMP as well", () => {
  assert.equal(
    canonicalText({ "\u{1f600}": 1, "\uff5e": 2, b: 3, a: 4, "a\u{1f600}": 5 }),
    '{"a":4,"a\u{1f600}":5,"b":3,"\uff5e":2,"\u{1f600}":1}',
  );
});

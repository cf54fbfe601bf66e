import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalText } from "../../../src/core/canonical.ts";
import { utf8 } from "../../../src/core/bytes.ts";
import { isCscError } from "../../../src/core/errors.ts";
import {
  type JsonObject,
  type JsonOptions,
  type JsonValue,
  parseJson,
} from "../../../src/core/json.ts";

type Numbers = JsonOptions["numbers"];

function parse(
  text: string | Uint8Array,
  numbers: Numbers = "integer-valued",
): JsonValue {
  const bytes = typeof text === "string" ? utf8(text) : text;
  return parseJson(bytes, {
    source: "a.json",
    what: "contract",
    maxBytes: 1 << 20,
    numbers,
  });
}

/** The error a text is refused with; fails when the text is accepted. */
function refusal(text: string | Uint8Array, numbers?: Numbers) {
  try {
    parse(text, numbers);
  } catch (error) {
    assert.ok(isCscError(error), String(error));
    return error;
  }
  return assert.fail(`accepted ${JSON.stringify(text)}`);
}

const REFUSED: [behaviour: string, text: string | Uint8Array, cause: RegExp][] =
  [
    ["an empty document", "", /line 1, column 1: expected a value/],
    [
      "a duplicate key",
      '{"a":1,\n "a":2}',
      /line 2, column 2: duplicate key "a"/,
    ],
    [
      "a duplicate key spelled as an escape",
      '{"a":1,"\\u0061":2}',
      /duplicate key "a"/,
    ],
    ["a duplicate __proto__", '{"__proto__":1,"__proto__":2}', /duplicate key/],
    [
      "trailing data",
      "{} {}",
      /column 4: unexpected "\{" after the end of the document/,
    ],
    ["a trailing comma in an object", '{"a":1,}', /expected a key/],
    ["a trailing comma in an array", "[1,]", /expected a value/],
    ["a missing comma", "[1 2]", /expected "," or "]"/],
    ["a missing colon", '{"a" 1}', /expected ":"/],
    ["a missing brace", '{"a":1', /expected "," or "}", found the end/],
    ["a comment", "// x\n1", /expected a value/],
    ["single quotes", "'a'", /expected a value/],
    ["an unquoted key", "{a:1}", /expected a key/],
    ["a byte order mark", "\ufeff{}", /byte order mark/],
    [
      "a byte order mark behind white space",
      " \ufeff{}",
      /expected a value, found "\\ufeff"/,
    ],
    ["bad UTF-8", Uint8Array.of(0x22, 0xc3, 0x28, 0x22), /not UTF-8/],
    [
      "an overlong form",
      Uint8Array.of(0x22, 0xc0, 0xaf, 0x22),
      /not UTF-8/,
    ],
    [
      "a raw surrogate",
      Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22),
      /not UTF-8/,
    ],
    ["a lone high surrogate", '"\\ud800"', /lone surrogate/],
    ["a lone low surrogate", '"\\udc00"', /lone surrogate/],
    ["a reversed pair", '"\\ude00\\ud83d"', /lone surrogate/],
    ["a lone surrogate in a key", '{"\\ud800":1}', /lone surrogate/],
    ["a raw control", '"a\u0001b"', /"\\u0001" must be escaped/],
    ["a raw line feed", '"a\nb"', /"\\n" must be escaped/],
    ["an unknown escape", '"\\x41"', /an escape that JSON does not have/],
    ["a short escape", '"\\u41"', /an escape that JSON does not have/],
    ["an open string", '"abc', /column 1: a string is not closed/],
    [
      "an open string that ends in a backslash",
      '"abc\\',
      /an escape that JSON does not have/,
    ],
    ["a misspelt word", "truth", /expected a value/],
    ["NaN", "NaN", /expected a value/],
    ["Infinity", "-Infinity", /expected a value/],
    ["a leading zero", "[01]", /expected "," or "]", found "1"/],
    ["a plus sign", "+1", /expected a value/],
    ["a bare point", "1.", /after the end of the document/],
    ["no digit before the point", ".5", /expected a value/],
    ["hexadecimal", "0x10", /after the end of the document/],
    ["a fraction", "1.5", /"1.5" is not an integer/],
    [
      "a fraction too small for a double",
      "1.0000000000000000001",
      /is not an integer/,
    ],
    ["a fraction by its exponent", "15e-1", /"15e-1" is not an integer/],
    ["a tiny number", "1e-400", /is not an integer/],
    ["an exponent beyond doubles", "1e400", /beyond ±\(2\^53 − 1\)/],
    ["2^53", "9007199254740992", /beyond/],
    ["-2^53", "-9007199254740992", /beyond/],
    ["negative zero", "-0", /negative zero/],
    ["negative zero as a float", "-0.0", /negative zero/],
    ["65 arrays", "[".repeat(65) + "]".repeat(65), /nested more than 64/],
    ["a million arrays", "[".repeat(1_000_000), /nested more than 64/],
  ];

for (const [behaviour, text, cause] of REFUSED) {
  Deno.test(`parseJson() refuses ${behaviour}`, () => {
    const error = refusal(text);
    assert.equal(error.code, "INPUT_MALFORMED");
    assert.match(error.message, cause);
    assert.match(error.message, /^parse contract "a.json": /);
    assert.equal(error.details.length, 1);
  });
}

Deno.test("parseJson() counts columns in characters", () => {
  assert.match(refusal('["😀",é]').message, /line 1, column 6/);
});

Deno.test("parseJson() refuses too many bytes before reading them", () => {
  const error = refusal(new Uint8Array((1 << 20) + 1));
  assert.equal(error.code, "INPUT_UNREADABLE");
  assert.match(error.message, /1048577 bytes, the limit is 1048576/);
});

for (
  const [text, value] of [
    ["10.0", 10],
    ["1e1", 10],
    ["1E+1", 10],
    ["100e-1", 10],
    ["1.20e1", 12],
    ["0e999", 0],
    ["0.0", 0],
    ["-3", -3],
    ["9007199254740991", 9007199254740991],
  ] as const
) {
  Deno.test(`parseJson() integer-valued reads ${text} as ${value}`, () => {
    assert.equal(parse(text), value);
  });
}

for (const text of ["10.0", "1e1", "0.0", "1E2", "-0"]) {
  Deno.test(`parseJson() plain-integer refuses ${text}`, () => {
    assert.equal(refusal(text, "plain-integer").code, "INPUT_MALFORMED");
  });
}

Deno.test("parseJson() keeps __proto__ as ordinary data", () => {
  // Deno removes this accessor; elsewhere it is there and assignment calls it.
  Object.defineProperty(Object.prototype, "__proto__", {
    configurable: true,
    set(prototype) {
      Object.setPrototypeOf(this, prototype);
    },
  });
  try {
    const value = parse('{"__proto__":{"polluted":1},"b":2}') as JsonObject;
    assert.deepEqual(Object.keys(value), ["__proto__", "b"]);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
    assert.equal(value["polluted"], undefined);
    assert.equal(canonicalText(value), '{"__proto__":{"polluted":1},"b":2}');
  } finally {
    Reflect.deleteProperty(Object.prototype, "__proto__");
  }
});

Deno.test("parseJson() freezes all it returns", () => {
  const value = parse('{"a":[{"b":[]}]}') as { a: [{ b: string[] }] };
  for (const part of [value, value.a, value.a[0], value.a[0].b]) {
    assert.ok(Object.isFrozen(part));
  }
});

Deno.test("parseJson() reads escapes, pairs and 64 levels", () => {
  assert.equal(
    parse('"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00E9\\ud83d\\ude00\u2028"'),
    '"\\/\b\f\n\r\té😀\u2028',
  );
  assert.ok(parse("[".repeat(64) + "]".repeat(64)));
});

/** JSON values csc can hold: integers only, well-formed text. */
const jsonValue: fc.Arbitrary<JsonValue> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger().map((integer) => integer + 0),
    fc.string({ unit: "binary" }),
    fc.array(tie("value")),
    fc.dictionary(fc.string({ unit: "binary" }), tie("value"), {
      noNullPrototype: true,
    }),
  ),
})).value as fc.Arbitrary<JsonValue>;

Deno.test("parseJson() reads what JSON.stringify writes", () => {
  fc.assert(fc.property(jsonValue, fc.nat(3), (value, indent) => {
    assert.deepEqual(parse(JSON.stringify(value, null, indent)), value);
  }));
});

Deno.test("parseJson() accept means that encoding again is stable", () => {
  fc.assert(fc.property(jsonValue, (value) => {
    const text = canonicalText(value, { keepNulls: true });
    const again = canonicalText(parse(text), { keepNulls: true });
    assert.equal(again, text);
  }));
});

Deno.test("parseJson() accepts no text that JSON.parse reads otherwise", () => {
  // Small pieces of syntax, so that many of the texts are valid.
  const piece = fc.constantFrom(
    ...'{}[]:,"\\u0a 1-.e'.split(""),
    '"a"',
    '"b":',
    "true",
    "null",
    "10",
    "\n",
  );
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join("");
      let value: JsonValue;
      try {
        value = parse(text);
      } catch (error) {
        assert.ok(isCscError(error), String(error));
        return;
      }
      accepted++;
      assert.deepEqual(value, JSON.parse(text));
    }),
    { numRuns: 3000 },
  );
  assert.ok(accepted > 20, `only ${accepted} texts were accepted`);
});

/** Strict JSON and its canonical form, on text that is nearly JSON. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { utf8 } from "../../src/core/bytes.ts";
import { canonicalText } from "../../src/core/canonical.ts";
import { isCscError } from "../../src/core/errors.ts";
import { type JsonValue, parseJson } from "../../src/core/json.ts";
import { readPlainJson } from "../../src/core/json_plain.ts";
import { JsonReader } from "../../src/core/json_reader.ts";
import contracts from "../vectors/own/contracts-valid.json" with {
  type: "json",
};
import { holds, mutated, TOKENS } from "./property.ts";

const SEEDS = [
  ...contracts.slice(0, 4).map(({ input }) => JSON.stringify(input)),
  '{"b":[1,-2,{"c":null}],"a":"\\u00e9\\n\\ud83d\\ude00","":{}}',
  "[[[[]]]]",
];

function read(
  text: string,
  numbers: "integer-valued" | "plain-integer" = "integer-valued",
): JsonValue | undefined {
  const options = { source: "s", what: "w", maxBytes: 1 << 20, numbers };
  try {
    // A lone surrogate becomes U+FFFD on its way into bytes.
    return parseJson(utf8(text), options);
  } catch (error) {
    assert.ok(isCscError(error), `${error}`);
    assert.match(error.code, /^INPUT_(MALFORMED|UNREADABLE)$/);
    return undefined;
  }
}

let accepted = 0;

Deno.test("JSON: what is accepted has one reading and one canonical form", async () => {
  await holds(mutated(SEEDS, TOKENS), (text) => {
    const value = read(text);
    if (value === undefined) return;
    accepted++;
    const canonical = canonicalText(value, { keepNulls: true });
    // A second reader agrees,
    const other = JSON.parse(new TextDecoder().decode(utf8(text)));
    assert.equal(canonicalText(other, { keepNulls: true }), canonical);
    // the canonical form is accepted, and is its own canonical form,
    const again = read(canonical, "plain-integer");
    assert.notEqual(again, undefined);
    assert.equal(canonicalText(again!, { keepNulls: true }), canonical);
    // and so is the one without nulls.
    const short = canonicalText(value);
    assert.equal(canonicalText(read(short)!), short);
  });
  assert.ok(accepted > 50, `${accepted} accepted`);
});

/** What the strict reader alone makes of a text. */
function strictly(
  text: string,
  numbers: "integer-valued" | "plain-integer",
): JsonValue | undefined {
  try {
    return new JsonReader(text, numbers).document();
  } catch {
    return undefined;
  }
}

let plain = 0;

Deno.test("JSON: what the engine reads, the strict reader reads alike", async () => {
  const seeds = [
    ...SEEDS,
    '{"a":{"a":1},"b":[{"a":1},{"a":"\\":"}],"10":0,"9":-1}',
    `${"[".repeat(64)}${"]".repeat(64)}`,
    `${'{"a":'.repeat(64)}1${"}".repeat(64)}`,
  ];
  await holds(mutated(seeds, TOKENS), (text) => {
    const value = readPlainJson(text.toWellFormed());
    if (value === undefined) return;
    plain++;
    for (const numbers of ["integer-valued", "plain-integer"] as const) {
      assert.deepEqual(value, strictly(text.toWellFormed(), numbers), text);
    }
  });
  assert.ok(plain > 50, `${plain} read`);
});

Deno.test("JSON: the engine is not asked what it would read differently", () => {
  const odd = [
    '{"a":1,"a":2}',
    '{"a":{"b":1,"b":1}}',
    "[1.0]",
    "[1e1]",
    "[9007199254740993]",
    "[-0]",
    '["\\ud800"]',
    '{"__proto__":1}',
    "\ufeff{}",
    `${"[".repeat(65)}${"]".repeat(65)}`,
    "",
    "{} {}",
  ];
  for (const text of odd) assert.equal(readPlainJson(text), undefined, text);
  const usual = '{"a":[1,-2,{"a":"x:\\"y"}],"b":null,"c":true}';
  assert.deepEqual(readPlainJson(usual), JSON.parse(usual));
  assert.ok(Object.isFrozen((readPlainJson("[[1]]") as unknown[])[0]));
});

Deno.test("JSON: bytes that are anything at all are read or refused", async () => {
  const options = {
    source: "s",
    what: "w",
    maxBytes: 200,
    numbers: "plain-integer",
  } as const;
  await holds(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    try {
      parseJson(bytes, options);
    } catch (error) {
      assert.ok(isCscError(error), `${error}`);
    }
  });
});

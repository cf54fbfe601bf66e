/** Strict YAML, on text that is nearly YAML. */
import assert from "node:assert/strict";
import { utf8 } from "../../src/core/bytes.ts";
import { canonicalText } from "../../src/core/canonical.ts";
import { isCscError } from "../../src/core/errors.ts";
import { type JsonValue, parseJson } from "../../src/core/json.ts";
import { parseYamlStrict } from "../../src/protocol/policy_file.ts";
import policies from "../vectors/own/policies-loader.json" with {
  type: "json",
};
import { holds, mutated, TOKENS } from "./property.ts";

const SEEDS = [
  ...policies.map(({ raw_text }) => raw_text).filter((text) =>
    text.length < 4000
  ),
  "a: [1, two, 'three', \"four\"]\nb:\n  c: |\n    text\n  d: >-\n    more\n",
  'a: &x {b: 1}\nc: *x\n? "d"\n: -5\n',
  '{"a": [1, null, true], "b": "c"}',
];

const OPTIONS = { source: "s", what: "w", maxBytes: 64 * 1024 };

function read(text: string): JsonValue | undefined {
  try {
    return parseYamlStrict(utf8(text), OPTIONS);
  } catch (error) {
    assert.ok(isCscError(error), `${error}`);
    assert.match(error.code, /^INPUT_(MALFORMED|UNREADABLE)$/);
    return undefined;
  }
}

function readJson(text: string): JsonValue | undefined {
  try {
    return parseJson(utf8(text), { ...OPTIONS, numbers: "plain-integer" });
  } catch {
    return undefined;
  }
}

let accepted = 0;

Deno.test("YAML: what is accepted can be written as JSON and read back as the same", async () => {
  await holds(mutated(SEEDS, TOKENS), (text) => {
    const value = read(text);
    if (value === undefined) return;
    accepted++;
    const canonical = canonicalText(value, { keepNulls: true });
    const again = readJson(canonical);
    assert.notEqual(again, undefined);
    assert.equal(canonicalText(again!, { keepNulls: true }), canonical);
    // JSON is YAML: read as such, it says the same, or nothing.
    const third = read(canonical);
    if (third !== undefined) {
      assert.equal(canonicalText(third, { keepNulls: true }), canonical);
    }
  });
  assert.ok(accepted > 50, `${accepted} accepted`);
});

Deno.test("YAML: a text that is JSON as well says the same as either", async () => {
  const seeds = SEEDS.filter((text) => text.startsWith("{"));
  await holds(mutated(seeds, TOKENS), (text) => {
    const yaml = read(text);
    const json = readJson(text);
    if (yaml === undefined || json === undefined) return;
    const nulls = { keepNulls: true };
    assert.equal(canonicalText(yaml, nulls), canonicalText(json, nulls));
  });
});

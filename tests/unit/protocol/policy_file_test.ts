import assert from "node:assert/strict";
import fc from "fast-check";
import { CORE_SCHEMA, load, timestampTag, YAML11_SCHEMA } from "js-yaml";
import { utf8 } from "../../../src/core/bytes.ts";
import { isCscError } from "../../../src/core/errors.ts";
import type { JsonObject, JsonValue } from "../../../src/core/json.ts";
import { parseYamlStrict } from "../../../src/protocol/policy_file.ts";

function parse(text: string | Uint8Array, maxBytes = 10_000): JsonValue {
  const bytes = typeof text === "string" ? utf8(text) : text;
  return parseYamlStrict(bytes, { source: "p.yaml", what: "policy", maxBytes });
}

function refusal(text: string | Uint8Array, maxBytes?: number) {
  try {
    parse(text, maxBytes);
  } catch (error) {
    assert.ok(isCscError(error), String(error));
    return error;
  }
  return assert.fail(`accepted ${JSON.stringify(text)}`);
}

/** Plain scalars of which two readers would make different things. */
const DIVIDED = [
  ..."010 08 00 +5 -0 1_000 0b101 0o10 0x1F -0x1 1:30 1:30:15 190:20:30.15"
    .split(" "),
  ..."60.0 1. .5 . -.5 1e3 1E+3 1.5e3 1_0.5 .inf -.Inf .nan .NAN".split(" "),
  ..."y Y yes Yes YES n N no No NO on On ON off Off OFF yEs".split(" "),
  ..."2024-01-01 2024-1-1 2024-01-01T00:00:00Z << =".split(" "),
  "2024-01-01 10:00:00",
  "9007199254740992",
  ":x",
];

for (const scalar of DIVIDED) {
  Deno.test(`parseYamlStrict() refuses plain ${scalar} and takes it quoted`, () => {
    const error = refusal(`first: a\nsecond: ${scalar}\n`);
    assert.equal(error.code, "INPUT_MALFORMED");
    assert.match(error.message, /line 2, column 9: /);
    assert.match(error.hint ?? "", /quotes/);
    assert.equal(error.details[0]?.where, "line 2, column 9");
    assert.deepEqual(parse(`a: "${scalar}"\nb: '${scalar}'\n`), {
      a: scalar,
      b: scalar,
    });
    // The same text as a key.
    assert.equal(refusal(`${scalar}: x\n`).code, "INPUT_MALFORMED");
  });
}

const AGREED: [text: string, value: JsonValue][] = [
  ["30", 30],
  ["0", 0],
  ["-5", -5],
  ["9007199254740991", 9007199254740991],
  ["true", true],
  ["True", true],
  ["FALSE", false],
  ["null", null],
  ["~", null],
  ["", null],
  ["git", "git"],
  ["-lc", "-lc"],
  ["--yes", "--yes"],
  ["1.2.3", "1.2.3"],
  ["192.168.0.1", "192.168.0.1"],
  ["localhost:8080", "localhost:8080"],
  ["22:80", "22:80"],
  ["10s", "10s"],
  ["/work/**", "/work/**"],
  ["C:\\work", "C:\\work"],
  ["csc.policy.v0.1", "csc.policy.v0.1"],
  ["yesterday", "yesterday"],
  ["..", ".."],
  ["a b\n   c", "a b c"],
];

for (const [text, value] of AGREED) {
  Deno.test(`parseYamlStrict() reads plain ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parse(`a: ${text}\n`), { a: value });
  });
}

Deno.test("parseYamlStrict() takes no scalar that 1.1 and 1.2 read apart", () => {
  const oneOne = YAML11_SCHEMA.withTags(timestampTag);
  const pieces = fc.constantFrom(
    ..."0 1 9 x b o _ : . - + e E T Z y n o f a = < ~ 08 60 2024 -01 :30 yes .inf"
      .split(" "),
  );
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(pieces, { minLength: 1, maxLength: 6 }), (parts) => {
      const text = `k: ${parts.join("")}`;
      let value: JsonValue;
      try {
        value = (parse(text) as JsonObject)["k"] as JsonValue;
      } catch (error) {
        assert.ok(isCscError(error), String(error));
        return;
      }
      accepted++;
      assert.deepEqual(load(text, { schema: CORE_SCHEMA }), { k: value });
      assert.deepEqual(load(text, { schema: oneOne }), { k: value });
    }),
    { numRuns: 5000 },
  );
  assert.ok(accepted > 100, `only ${accepted} scalars were accepted`);
});

const REFUSED: [what: string, text: string | Uint8Array, cause: RegExp][] = [
  ["an empty file", "", /the file is empty/],
  ["a file of comments", "# nothing\n\n", /the file is empty/],
  [
    "an empty document",
    "---\n",
    /the file is empty.*must contain a YAML mapping/,
  ],
  ["a list", "- a\n", /column 1: the policy must contain a YAML mapping/],
  ["a scalar", "text\n", /must contain a YAML mapping/],
  ["a null", "~\n", /must contain a YAML mapping/],
  [
    "duplicate keys",
    "a: 1\nb: 2\na: 3\n",
    /line 3, column 1: duplicate key "a"/,
  ],
  ["duplicate keys, one quoted", 'a: 1\n"a": 3\n', /duplicate key "a"/],
  ["duplicate keys in flow", "m: {a: 1, a: 2}", /duplicate key "a"/],
  [
    "a second document",
    "a: 1\n---\nb: 2\n",
    /line 2, column 1: a second document/,
  ],
  ["a second, empty document", "a: 1\n---\n", /a second document/],
  [
    "a merge key",
    "a: &x {b: 1}\nc:\n  <<: *x\n",
    /line 3, column 3: "<<" is a merge/,
  ],
  ["a tag", "a: !!str 1", /line 1, column 4: an explicit tag/],
  ["a tag on a key", "!!str a: 1", /an explicit tag/],
  ["a tag on a list", "a: !!seq [b]", /an explicit tag/],
  ["a local tag", "a: !x 1", /an explicit tag/],
  ["the non-specific tag", "a: ! 1", /an explicit tag/],
  ["a tag directive", "%TAG ! tag:x,2000:\n---\na: 1", /%TAG/],
  [
    "duplicate anchors",
    "a: &x 1\nb: &x 2",
    /line 2, column 5: duplicate anchor "x"/,
  ],
  ["an anchor at a key", "&x a: 1", /an anchor at a key/],
  ["an unknown alias", "a: *x", /unknown alias "x"/],
  ["an alias to itself", "a: &x [*x]", /recursive alias "x"/],
  ["an alias as key", "a: &x b\n*x : c", /a key that is no plain text/],
  ["an anchor name of 1.2 only", "a: &x.y 1", /the anchor name "x.y"/],
  ["a number as key", "1: a", /the key 1 is not a string/],
  ["a boolean as key", "true: a", /the key true is not a string/],
  ["a null as key", ": a", /the key null is not a string/],
  ["a list as key", "? [a]\n: b", /a key that is no plain text/],
  ["a tab as indentation", "a:\n\tb: 1", /line 2, column 1: .*tab/],
  ["a tab behind a colon", "a:\tb", /line 1, column 3: a tab/],
  ["a tab inside plain text", "a: b\tc", /a tab/],
  ["a tab before a comment", "a: b\t# c", /a tab/],
  ["a tab in flow", "a: [b,\tc]", /line 1, column 8/],
  ["U+2028 in a comment", "# x\u2028b: 1\na: 1", /"\\u2028" is not accepted/],
  ["U+0085 in a comment", "# x\u0085b: 1\na: 1", /"\\u0085" is not accepted/],
  ["a lone carriage return", "# x\rb: 1\na: 1", /"\\r" is not accepted/],
  ["a byte order mark", "\ufeffa: 1", /"\\ufeff" is not accepted/],
  ["a terminal escape", "a: 1 # \u001b[2J", /"\\u001b" is not accepted/],
  ["NUL", "a: \0", /"\\u0000" is not accepted/],
  ["bad UTF-8", Uint8Array.of(0x61, 0x3a, 0x20, 0xff), /not UTF-8/],
  ["escaped surrogates", 'a: "\\uD83D\\uDE00"', /an escaped surrogate/],
  ["an escaped line break", 'a: "b\\\n\n  c"', /an escaped line break/],
  ["block text without an end", "a: |\n  b", /does not end in a line feed/],
  ["an indented document mark", "  ---\na: 1\n", /an indented document mark/],
  [
    "a flow mapping in 1.1 only",
    "a: [?x]",
    /the start of a mapping in YAML 1.1/,
  ],
  ["an open list", "a: [b", /line 1, column 6/],
  ["bad indentation", "a: 1\n  b: 2", /line 2, column/],
  ["65 levels", `a: ${"[".repeat(64)}${"]".repeat(64)}`, /more than 64 deep/],
  ["a thousand levels", `a: ${"[".repeat(1000)}`, /line 1/],
];

for (const [what, text, cause] of REFUSED) {
  Deno.test(`parseYamlStrict() refuses ${what}`, () => {
    const error = refusal(text);
    assert.equal(error.code, "INPUT_MALFORMED");
    assert.match(error.message, cause);
    assert.match(
      error.message,
      /^parse policy "p.yaml": line \d+, column \d+: /,
    );
    assert.match(error.details[0]?.where ?? "", /^line \d+, column \d+$/);
  });
}

const ACCEPTED: [what: string, text: string, value: JsonValue][] = [
  ["a version directive", "%YAML 1.1\n---\na: 1\n...\n", { a: 1 }],
  ["Windows line ends", "a: 1\r\nb:\r\n  - c\r\n", { a: 1, b: ["c"] }],
  ["tabs in quotes", "a: 'x\ty'\nb: \"x\ty\"", { a: "x\ty", b: "x\ty" }],
  ["tabs in block text", "a: |\n  x\ty\n# c\td\nb: 1\n", { a: "x\ty\n", b: 1 }],
  ["tabs in comments", "a: b # c\td", { a: "b" }],
  ["an astral escape", 'a: "\\U0001F600"', { a: "😀" }],
  ["an escaped backslash before u", 'a: "\\\\uD83D"', { a: "\\uD83D" }],
  ["folded text", "a: >-\n  x\n  y\n", { a: "x y" }],
  ["aliases", "a: &x [p, {q: 1}]\nb: *x\nc: [*x]", {
    a: ["p", { q: 1 }],
    b: ["p", { q: 1 }],
    c: [["p", { q: 1 }]],
  }],
  ["an anchored root", "&x\na: 1", { a: 1 }],
  ["64 levels", `a: ${"[".repeat(63)}${"]".repeat(63)}`, {
    a: JSON.parse("[".repeat(63) + "]".repeat(63)),
  }],
];

for (const [what, text, value] of ACCEPTED) {
  Deno.test(`parseYamlStrict() accepts ${what}`, () => {
    assert.deepEqual(parse(text), value);
  });
}

Deno.test("parseYamlStrict() stops alias bombs, but not plain aliases", () => {
  const layers = ["a: &a [x, x, x, x, x, x, x, x, x]"];
  for (const [from, to] of ["ab", "bc", "cd", "de", "ef", "fg"]) {
    layers.push(`${to}: &${to} [${Array(9).fill(`*${from}`).join(", ")}]`);
  }
  assert.match(
    refusal(layers.join("\n")).message,
    /aliases expand to too much/,
  );
  // One long text, repeated: few nodes, many characters.
  const long = `a: &a ${"x".repeat(1000)}\nb: [${Array(20).fill("*a")}]`;
  assert.match(refusal(long).message, /aliases expand to too much/);
  assert.ok(parse(long, 30_000));
});

Deno.test("parseYamlStrict() refuses too many bytes before reading them", () => {
  const error = refusal("a: 1 # comment", 5);
  assert.equal(error.code, "INPUT_UNREADABLE");
});

Deno.test("parseYamlStrict() keeps __proto__ as data and freezes all", () => {
  const value = parse("__proto__: {polluted: 1}\nb: [c]") as JsonObject;
  assert.deepEqual(Object.keys(value), ["__proto__", "b"]);
  assert.equal(value["polluted"], undefined);
  assert.ok(Object.isFrozen(value) && Object.isFrozen(value["b"]));
});

Deno.test("parseYamlStrict() shows nothing of a file unescaped", () => {
  const error = refusal("a: [\u202e\u200bb");
  assert.doesNotMatch(error.message, /[\u202e\u200b]/);
});

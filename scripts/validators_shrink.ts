/**
 * Makes the code that ajv generates small, by replacing what it repeats.
 *
 * Every replacement knows the exact text that one version of ajv writes, and
 * the build stops when something is left of it: a newer ajv means a look here.
 *
 * @module
 */

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | {
  [name: string]: Json;
};

/** Titles of the schemas that have a pattern: what a reader is told of it. */
function titlesOfPatterns(schema: Json, titles = new Map<string, string>()) {
  if (schema === null || typeof schema !== "object") return titles;
  if (!Array.isArray(schema) && typeof schema.pattern === "string") {
    if (typeof schema.title !== "string") {
      throw new Error(`Cannot explain pattern "${schema.pattern}": no title`);
    }
    titles.set(schema.pattern, schema.title);
  }
  for (const member of Object.values(schema)) titlesOfPatterns(member, titles);
  return titles;
}

/** What ajv writes to append the finding `errN`. */
const APPEND =
  /if\(vErrors === null\)\{\s*vErrors = \[(?<finding>err\d+)\];\s*\}\s*else \{\s*vErrors\.push\(\k<finding>\);\s*\}/
    .source;

/** `const errN = {…};` and its appending; an empty one belongs to a `not`. */
const FINDING = new RegExp(
  String.raw`const err\d+ = \{(?:instancePath(:[^,\n]*)?,` +
    String
      .raw`schemaPath:"([^"\n]*)",keyword:"(\w+)",params:(\{.*?\}))?\};\s*` +
    APPEND,
  "g",
);

/** A member's absence, which ownership alone decides: JSON has no undefined. */
const ABSENT =
  /\((data\d*)\.(\w+) === undefined\) \|\| \(!\((func\d+)\.call\(\1, "\2"\)\)\)/g;
const PRESENT =
  /(data\d*)\.(\w+) !== undefined && (func\d+)\.call\(\1, "\2"\)/g;

/** A call of another generated function, and the joining of its findings. */
const CALL =
  /if\(!\((validate\d+)\((.*), \{instancePath:([^,\n]*),parentData:.*,rootData\}\)\)\)\{\s*vErrors = vErrors === null \? \1\.errors : vErrors\.concat\(\1\.errors\);\s*errors = vErrors\.length;\s*\}/g;

/** The test for unknown members: a chain of comparisons or a look-up. */
const UNKNOWN =
  /if\(!\((.*)\)\)\{\nvErrors = note\((.*), "additionalProperties", \{additionalProperty: (key\d+)\}\);/g;

/** The data parameter that ajv gives to each function, of which we use one. */
const PARAMETERS =
  /\{instancePath="", parentData, parentDataProperty, rootData=data\}=\{\}/g;

/** What the generated code looks up in its copy of a schema. */
const LOOKED_UP = [
  "properties",
  "required",
  "items",
  "then",
  "enum",
  "type",
];

/** Empties a schema of all that the generated code never looks up. */
function lookedUp(schema: Json, namesAreOurs = false): Json {
  if (schema === null || typeof schema !== "object" || Array.isArray(schema)) {
    return schema;
  }
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name]) => namesAreOurs || LOOKED_UP.includes(name))
      .map(([name, member]) => [name, lookedUp(member, name === "properties")]),
  );
}

/**
 * Makes the generated code a third of its size without changing what it
 * accepts. Findings are noted and joined by functions; the joining is also
 * linear, where ajv copies the list for every item of an array that a stranger
 * sends. Findings of a branch that was only tried (`oneOf`, `not`, `if`) lose
 * their keyword, because no one is to see them. Those of a pattern get the
 * title of its schema.
 */
export function shrink(code: string, schema: Json): string {
  const titles = titlesOfPatterns(schema);
  const short = code
    .replace(FINDING, (_all, path, schemaPath, keyword, params) => {
      const tried = schemaPath === undefined ||
        /\/(?:oneOf|not|if)\//.test(schemaPath);
      const where = path === undefined ? "instancePath" : path.slice(1);
      return tried
        ? `vErrors = note(vErrors, "", "", {});`
        : `vErrors = note(vErrors, ${where}, "${keyword}", ${
          keyword === "pattern" ? titleOf(params, titles) : params
        });`;
    })
    .replace(UNKNOWN, (_all, test, where, key) => {
      const table = /(schema\d+(?:\.\w+)*), key/.exec(test)?.[1];
      const known = table === undefined
        ? JSON.stringify([...test.matchAll(/"(\w+)"/g)].map(([, name]) => name))
        : `Object.keys(${table})`;
      return `if(!(${test})){\nvErrors = note(${where}, ` +
        `"additionalProperties", {name: ${key}, known: ${known}});`;
    })
    .replace(
      CALL,
      "if(!$1($2, $3)){\nvErrors = join(vErrors, $1.errors);\n" +
        "errors = vErrors.length;\n}",
    )
    .replace(PARAMETERS, 'instancePath=""')
    .replace(ABSENT, '!$3.call($1, "$2")')
    .replace(PRESENT, '$3.call($1, "$2")')
    .replace(
      /const (func\d+) = require\("ajv\/dist\/runtime\/ucs2length"\)\.default;/,
      "const $1 = codePointLength;",
    )
    .replace(
      /^const (schema\d+) = (\{.*\});$/gm,
      (_all, name, schema) =>
        `const ${name} = ${JSON.stringify(lookedUp(JSON.parse(schema)))};`,
    )
    .replace(/^"use strict";/, "")
    .replace(/^export default .*;\n/m, "")
    .replace(/^\/\*# sourceURL.*\n/gm, "");
  const left = /require\(|vErrors\.push|\.concat|parentData|rootData/
    .exec(short);
  if (left !== null) {
    throw new Error(
      `Cannot shrink the code that ajv generated: "${left[0]}" is left; ` +
        "these patterns fit another version of ajv",
    );
  }
  checkLookUps(short);
  return short;
}

/** The params of a pattern's finding: its title in place of the pattern. */
function titleOf(params: string, titles: Map<string, string>): string {
  const pattern = JSON.parse(params.replace("{pattern:", "").slice(0, -1));
  return `{title: ${JSON.stringify(titles.get(pattern))}}`;
}

/** Proves that emptying the schemas left all that the code looks up. */
function checkLookUps(code: string): void {
  const schemas = new Map(
    [...code.matchAll(/^const (schema\d+) = (.*);$/gm)]
      .map(([, name = "", text = ""]) => [name, JSON.parse(text)]),
  );
  for (const [path] of code.matchAll(/\bschema\d+(?:\.\w+)+/g)) {
    const [name = "", ...members] = path.split(".");
    const found = members.reduce(
      (at, member) => at?.[member],
      schemas.get(name),
    );
    if (found === undefined) {
      throw new Error(`Cannot shrink the generated code: it needs "${path}"`);
    }
  }
}

/**
 * The generated validators say what the published schemas say: nothing that
 * the build does to make them small may change an answer.
 */
import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { JsonObject, JsonValue } from "../../src/core/json.ts";
import { schemaFindings, type SchemaName } from "../../src/protocol/schema.ts";
import { validatorFiles } from "../../scripts/validators.ts";
import { type Fixture, fixtures } from "./fixtures.ts";

const NAMES: readonly SchemaName[] = [
  "contract",
  "policy",
  "decision",
  "approval",
  "receipt",
];

/** A published schema, and the plain validator that ajv makes of it. */
function published(name: SchemaName) {
  const file = new URL(
    `../../schemas/${name}.schema.json`,
    import.meta.url,
  );
  const schema = JSON.parse(Deno.readTextFileSync(file)) as JsonObject;
  const ajv = new Ajv2020({
    ownProperties: true,
    allowUnionTypes: true,
    strictRequired: false,
    validateFormats: false,
  });
  return { schema, validate: ajv.compile(schema) };
}

/** Every value of the fixtures, whatever kind of document it was written as. */
function allInputs(): JsonValue[] {
  const kinds = [
    "contracts-valid",
    "contracts-invalid",
    "policies-schema",
    "receipts-valid",
    "receipts-invalid",
  ].flatMap((kind) => fixtures<Fixture>(kind));
  const own = ["approvals-valid", "approvals-invalid"]
    .flatMap((kind) => fixtures<Fixture>(kind, { ownOnly: true }));
  return [...kinds, ...own].map(({ input }) => input);
}

/** The value with each of its members, at any depth, spoilt in turn. */
function* spoilt(value: JsonValue): Generator<JsonValue> {
  yield* [null, true, -1, 1.5, "", "x", [], {}] as JsonValue[];
  if (value === null || typeof value !== "object") return;
  if (Array.isArray(value)) {
    yield [...value, ...value];
    for (const [index, item] of value.entries()) {
      for (const other of spoilt(item)) {
        yield value.map((old, at) => at === index ? other : old);
      }
    }
    return;
  }
  yield { ...value, extra: 1 };
  for (const [name, member] of Object.entries(value)) {
    const { [name]: _, ...rest } = value as JsonObject;
    yield rest;
    for (const other of spoilt(member)) yield { ...rest, [name]: other };
  }
}

for (const name of NAMES) {
  const { schema, validate } = published(name);

  Deno.test(`the ${name} validator agrees with its schema on every fixture`, () => {
    for (const input of allInputs()) {
      assert.equal(
        schemaFindings(name, input).length === 0,
        validate(input),
        JSON.stringify(input),
      );
    }
  });

  Deno.test(`the ${name} validator agrees with its schema on spoilt examples`, () => {
    const [example] = schema["examples"] as readonly JsonValue[];
    assert.equal(validate(example), true);
    let refused = 0;
    for (const input of spoilt(example!)) {
      const accepts = validate(input);
      if (!accepts) refused++;
      assert.equal(
        schemaFindings(name, input).length === 0,
        accepts,
        JSON.stringify(input),
      );
    }
    assert.ok(refused > 50);
  });

  Deno.test(`the ${name} schema explains each of its members`, () => {
    const unexplained: string[] = [];
    const look = (node: JsonValue | undefined, where: string): void => {
      if (node === undefined || typeof node !== "object" || node === null) {
        return;
      }
      const object = node as JsonObject;
      for (const [member, part] of Object.entries(object["properties"] ?? {})) {
        const said = part as JsonObject;
        if (said["description"] === undefined && said["$ref"] === undefined) {
          unexplained.push(`${where}/${member}`);
        }
        look(said, `${where}/${member}`);
      }
      look(object["items"], `${where}/items`);
    };
    look(schema, "");
    for (const [key, part] of Object.entries(schema["$defs"] ?? {})) {
      assert.ok((part as JsonObject)["title"] !== undefined, key);
      look(part as JsonValue, `#${key}`);
    }
    assert.deepEqual(unexplained, []);
  });
}

Deno.test("the validators on disk are those of the schemas, byte for byte", async () => {
  const files = await validatorFiles();
  assert.deepEqual([...await validatorFiles()], [...files]);
  for (const [name, text] of files) {
    const file = new URL(
      `../../src/protocol/validators/${name}`,
      import.meta.url,
    );
    assert.equal(await Deno.readTextFile(file), text, name);
  }
});

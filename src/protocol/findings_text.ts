/**
 * What the schemas find wrong with a document, in words for people. Bundled
 * apart (scripts/build/apart.ts): valid documents need no words.
 *
 * @module
 */
import type { ErrorDetail } from "../core/errors.ts";
import { isJsonObject, type JsonValue } from "../core/json.ts";
import { quote, visible } from "../core/text.ts";
import type { RawFinding } from "./validators/decision.js";

/** Longest piece of an untrusted name or value in a message, in characters. */
const SHOWN = 80;

/** Puts findings about parts of `root` into words. */
export function describeFindings(
  findings: readonly RawFinding[],
  root: JsonValue,
): ErrorDetail[] {
  return findings.map((finding) =>
    detail(finding, valueAt(root, finding.instancePath))
  );
}

/** Puts one finding about `value` into words. */
function detail(finding: RawFinding, value: JsonValue): ErrorDetail {
  const { instancePath: where, keyword } = finding;
  const params = finding.params as Params;
  const expected = (text: string) => ({
    where,
    message: `found ${shown(value)}, expected ${text}`,
  });
  switch (keyword) {
    case "required":
      return {
        where: `${where}/${params.missingProperty}`,
        message: "the required member is missing",
      };
    case "additionalProperties":
      return unknownMember(where, params.name, params.known);
    case "oneOf":
      return {
        where,
        message:
          `found ${params.passingSchemas === null ? "neither" : "both"}` +
          ' of "exec" and "pipeline", expected exactly one of them',
      };
    case "uniqueItems": {
      const item = (value as readonly JsonValue[])[params.index] ?? null;
      return {
        where: `${where}/${params.index}`,
        message: `found ${shown(item)} a second time, expected each item once`,
      };
    }
    case "type":
      return expected(typeText(params.type));
    case "const":
      return expected(quote(params.allowedValue));
    case "enum": {
      const names = params.allowedValues;
      return expected(
        `one of ${names.map((name) => quote(name)).join(", ")}` +
          suggestion(value, names),
      );
    }
    case "pattern":
      return expected(params.title.replace(/^[A-Z](?=[a-z])/, lowerCase));
    case "minLength":
      return expected(`at least ${count(params.limit, "character")}`);
    case "maxLength":
      return {
        where,
        message: `found ${shown(value)} with ${
          [...value as string].length
        } characters, expected at most ${params.limit}`,
      };
    case "minItems":
      return expected(`at least ${count(params.limit, "item")}`);
    case "maxItems":
      return expected(`at most ${count(params.limit, "item")}`);
    case "minimum":
      return expected(`at least ${params.limit}`);
    case "maximum":
      return expected(`at most ${params.limit}`);
    default:
      return expected(`a value that meets "${keyword}" of the schema`);
  }
}

/** What the keywords of our schemas put into `params`; each has its own few. */
interface Params {
  readonly missingProperty: string;
  readonly name: string;
  readonly known: readonly string[];
  readonly passingSchemas: null | readonly number[];
  readonly index: number;
  readonly type: string | readonly string[];
  readonly allowedValue: string;
  readonly allowedValues: readonly string[];
  readonly title: string;
  readonly limit: number;
}

function unknownMember(
  parent: string,
  name: string,
  known: readonly string[],
): ErrorDetail {
  const segment = name.replaceAll("~", "~0").replaceAll("/", "~1");
  return {
    // A name too long to show would make a pointer too long to show.
    where: name.length > SHOWN ? parent : `${parent}/${visible(segment)}`,
    message: `unknown member ${quote(name)}` +
      (suggestion(name, known) || expectedMembers(known)),
  };
}

/** The members there are, unless they are too many to read in a message. */
function expectedMembers(known: readonly string[]): string {
  return known.length > 10
    ? `, expected one of the ${known.length} members of the schema`
    : `, expected only ${known.map((name) => quote(name)).join(", ")}`;
}

/** `; did you mean "…"?` if a name is close to what was written, else "". */
function suggestion(written: JsonValue, names: readonly string[]): string {
  if (typeof written !== "string" || written.length > SHOWN) return "";
  const [nearest] = names
    .map((name) => ({ name, distance: editDistance(written, name) }))
    .filter(({ name, distance }) => distance <= Math.ceil(name.length / 3))
    .sort((one, other) => one.distance - other.distance);
  return nearest === undefined ? "" : `; did you mean ${quote(nearest.name)}?`;
}

/** Number of characters to insert, delete or replace, letter case aside. */
function editDistance(one: string, other: string): number {
  const to = other.toLowerCase();
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const letter of one.toLowerCase()) {
    const next = [row[0]! + 1];
    for (let column = 1; column <= to.length; column++) {
      next.push(Math.min(
        row[column]! + 1,
        next[column - 1]! + 1,
        row[column - 1]! + (to[column - 1] === letter ? 0 : 1),
      ));
    }
    row = next;
  }
  return row[to.length]!;
}

/** The value under a pointer that the validator made while it walked. */
function valueAt(root: JsonValue, pointer: string): JsonValue {
  let value = root;
  for (const name of pointer.split("/").slice(1)) {
    value = (value as Record<string, JsonValue>)[name] ?? null;
  }
  return value;
}

/** A value as a message shows it. */
function shown(value: JsonValue): string {
  if (typeof value === "string") return quote(value, SHOWN);
  if (Array.isArray(value)) return `an array of ${count(value.length, "item")}`;
  if (isJsonObject(value)) return "an object";
  return String(value);
}

function typeText(type: string | readonly string[]): string {
  if (typeof type !== "string") return type.map(typeText).join(" or ");
  if (type === "null") return "null";
  if (type === "boolean") return "true or false";
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function lowerCase(text: string): string {
  return text.toLowerCase();
}

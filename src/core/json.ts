/**
 * Strict JSON: every document has one reading, or none.
 *
 * `JSON.parse` keeps the last of two equal keys, rounds large integers and
 * passes lone surrogates; two readers that differ there would disagree about
 * what was approved (protocol §4). Values come back deeply frozen.
 *
 * @module
 */
import { fromUtf8Strict } from "./bytes.ts";
import { malformed, tooLarge } from "./json_errors.ts";
import { readPlainJson } from "./json_plain.ts";
import { readStrictJson } from "./json_strict.ts";

/** Any JSON value; never changed once parsed. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | JsonObject;

/** A JSON object. Look members up with `Object.hasOwn` if the name is not fixed. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** What is read, and how strictly. */
export interface JsonOptions {
  /** Where the bytes come from, for messages: a path or "standard input". */
  readonly source: string;
  /** What they should be, for messages: "contract", "receipt". */
  readonly what: string;
  readonly maxBytes: number;
  /** `integer-valued` takes `10.0` and `1e1` as 10; `plain-integer` refuses both. */
  readonly numbers: "integer-valued" | "plain-integer";
}

/** True for JSON objects, not for arrays and null. */
export function isJsonObject(
  value: JsonValue | undefined,
): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Parses one JSON document.
 *
 * Throws INPUT_UNREADABLE when there are more than `maxBytes` bytes and
 * INPUT_MALFORMED, with line and column, for whatever is not strict JSON.
 */
export function parseJson(bytes: Uint8Array, options: JsonOptions): JsonValue {
  if (bytes.length > options.maxBytes) throw tooLarge(bytes.length, options);
  const text = fromUtf8Strict(bytes);
  if (text === null) {
    throw malformed(options, "the bytes are not UTF-8");
  }
  return readPlainJson(text) ?? readStrictJson(text, options);
}

/** Freezes a value and all it holds; returns it. */
export function deepFreeze<T extends JsonValue>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const member of Object.values(value)) deepFreeze(member as JsonValue);
  return Object.freeze(value);
}

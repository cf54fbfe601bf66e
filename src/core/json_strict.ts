/**
 * The strict reader's answer to a text: a value, or what is wrong and where.
 *
 * @module
 */
import type { JsonOptions, JsonValue } from "./json.ts";
import { lineAndColumn, malformed } from "./json_errors.ts";
import { JsonReader, JsonRefusal } from "./json_reader.ts";

/** Reads one document. Throws INPUT_MALFORMED with line and column. */
export function readStrictJson(
  text: string,
  options: JsonOptions,
): JsonValue {
  try {
    return new JsonReader(text, options.numbers).document();
  } catch (error) {
    if (!(error instanceof JsonRefusal)) throw error;
    const where = lineAndColumn(text, error.offset);
    throw malformed(options, error.message, where);
  }
}

/**
 * Ordinary JSON, read by the engine.
 *
 * The strict reader (json_reader.ts) is JavaScript that runs cold, and JSON.parse
 * is not. Both agree on what is read here: text without any of the things that
 * JSON.parse would take and strict JSON does not, or not so.
 *
 * @module
 */
import { MAX_JSON_DEPTH } from "./json_reader.ts";
import type { JsonValue } from "./json.ts";

/** Above this many characters, what a look costs is not what counts. */
const MAX_LENGTH = 1 << 16;

/** Escapes may say half a character, and a member of this name is no member. */
const UNUSUAL_TEXT = /\\u|__proto__/;

const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/g;

/** Numbers that are no integers, or none that can be told apart. */
const UNUSUAL_NUMBER = /\d[.eE]|\d{16}|-0/;

/**
 * The deeply frozen value of a well-formed text, or undefined where only the
 * strict reader can tell whether there is one: it then says what is wrong.
 */
export function readPlainJson(text: string): JsonValue | undefined {
  if (text.length > MAX_LENGTH || UNUSUAL_TEXT.test(text)) return undefined;
  const bones = text.replace(STRING, "");
  if (UNUSUAL_NUMBER.test(bones)) return undefined;
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  // Of two equal keys JSON.parse keeps one: a colon more than there are members.
  return frozenMembers(value, 0) === bones.split(":").length - 1
    ? value
    : undefined;
}

/** Freezes; returns the number of members of all objects, NaN if too deep. */
function frozenMembers(value: JsonValue, depth: number): number {
  if (typeof value !== "object" || value === null) return 0;
  if (depth === MAX_JSON_DEPTH) return NaN;
  const below = Object.values(value) as readonly JsonValue[];
  let count = Array.isArray(value) ? 0 : below.length;
  for (const one of below) count += frozenMembers(one, depth + 1);
  Object.freeze(value);
  return count;
}

/**
 * Canonical JSON: one value, one text, one digest (protocol §4).
 *
 * Not RFC 8785: members sort by Unicode code point, members that are null are
 * dropped, and there are no numbers but integers.
 *
 * @module
 */
import { utf8 } from "./bytes.ts";
import { CscError } from "./errors.ts";
import type { JsonValue } from "./json.ts";
import { quote } from "./text.ts";

const SURROGATE = /[\ud800-\udfff]/;

/** A surrogate in a JSON text, or what may be the escape of a lone one. */
const MAYBE_SURROGATE = /[\ud800-\udfff]|\\ud[89a-f]/;

/** How to write the canonical form. */
export interface CanonicalOptions {
  /** Keep members that are null, as the signed bytes of a receipt do. */
  readonly keepNulls?: boolean;
}

/**
 * Orders two strings by code point, which is also the order of their UTF-8
 * bytes. UTF-16 units would put U+1F600 (a surrogate pair) before U+FF5E.
 */
export function compareCodePoints(left: string, right: string): number {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index++) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return codePointRank(a) - codePointRank(b);
  }
  return left.length - right.length;
}

/** Moves the surrogates above U+FFFF, where the characters they encode are. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/**
 * The canonical text of a value.
 *
 * Throws NOT_CANONICAL for a lone surrogate, a number that is not an integer
 * within ±(2^53 − 1), negative zero, and anything that is not JSON.
 */
export function canonicalText(
  value: JsonValue,
  options: CanonicalOptions = {},
): string {
  const keepNulls = options.keepNulls ?? false;
  const arranged = arrange(value, keepNulls);
  if (arranged !== UNUSUAL) {
    const text = JSON.stringify(arranged);
    if (!MAYBE_SURROGATE.test(text)) return text;
  }
  return write(value, keepNulls, []);
}

/** Told for a value that `write` must look at. */
const UNUSUAL = Symbol("unusual");

/**
 * A copy of a value whose members stand in order, for JSON.stringify, which is
 * several times faster than `write`; or UNUSUAL for what JavaScript would put
 * into another order, and for what cannot be written at all.
 */
function arrange(value: unknown, keepNulls: boolean): unknown {
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") {
    return Number.isSafeInteger(value) && !Object.is(value, -0)
      ? value
      : UNUSUAL;
  }
  if (value === null) return null;
  if (typeof value !== "object") return UNUSUAL;
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) {
      const arranged = arrange(item, keepNulls);
      if (arranged === UNUSUAL) return UNUSUAL;
      items.push(arranged);
    }
    return items;
  }
  const members = value as Readonly<Record<string, unknown>>;
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(members).sort()) {
    // Objects have their numbers first, and __proto__ is no member of its own.
    if (name >= "0" && name < ":" || name === "__proto__") return UNUSUAL;
    const member = members[name];
    if (member === null && !keepNulls) continue;
    const arranged = arrange(member, keepNulls);
    if (arranged === UNUSUAL) return UNUSUAL;
    copy[name] = arranged;
  }
  return copy;
}

/** The canonical text as UTF-8: the bytes that are hashed and signed. */
export function canonicalBytes(
  value: JsonValue,
  options: CanonicalOptions = {},
): Uint8Array<ArrayBuffer> {
  return utf8(canonicalText(value, options));
}

function write(value: JsonValue, keepNulls: boolean, at: string[]): string {
  switch (typeof value) {
    case "string":
      return writeString(value, at);
    case "number":
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
        throw notCanonical(at, `${value} is not an integer within ±(2^53 − 1)`);
      }
      return String(value);
    case "boolean":
      return value ? "true" : "false";
    case "object":
      return value === null ? "null" : writeContainer(value, keepNulls, at);
    default:
      throw notCanonical(at, `a ${typeof value} is not a JSON value`);
  }
}

function writeContainer(
  value: NonNullable<JsonValue> & object,
  keepNulls: boolean,
  at: string[],
): string {
  const parts: string[] = [];
  if (Array.isArray(value)) {
    const items: readonly JsonValue[] = value;
    for (let index = 0; index < items.length; index++) {
      at.push(String(index));
      parts.push(write(items[index] as JsonValue, keepNulls, at));
      at.pop();
    }
    return `[${parts.join(",")}]`;
  }
  const members = value as { readonly [name: string]: JsonValue };
  for (const name of sorted(Object.keys(members))) {
    const member = members[name] as JsonValue;
    if (member === null && !keepNulls) continue;
    at.push(name);
    parts.push(`${writeString(name, at)}:${write(member, keepNulls, at)}`);
    at.pop();
  }
  return `{${parts.join(",")}}`;
}

/** By code point. Only surrogates are not in order by themselves. */
function sorted(names: string[]): string[] {
  names.sort();
  return SURROGATE.test(names.join()) ? names.sort(compareCodePoints) : names;
}

/**
 * `JSON.stringify` escapes exactly what protocol §4 lists, and only for
 * well-formed text: a lone surrogate it would escape, which UTF-8 cannot say.
 */
function writeString(text: string, at: string[]): string {
  if (!text.isWellFormed()) {
    throw notCanonical(at, "a lone surrogate has no UTF-8 form");
  }
  return JSON.stringify(text);
}

function notCanonical(at: readonly string[], why: string): CscError {
  const pointer = at.map((part) =>
    `/${part.replaceAll("~", "~0").replaceAll("/", "~1")}`
  ).join("");
  const where = pointer.toWellFormed();
  return new CscError(
    "NOT_CANONICAL",
    `write canonical JSON at ${quote(where)}: ${why}`,
    { details: [{ where, message: why }] },
  );
}

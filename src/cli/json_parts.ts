/**
 * Parts of a JSON document that somebody else wrote: what is not of the kind
 * that is asked for counts as absent.
 *
 * @module
 */
import { isJsonObject, type JsonObject, type JsonValue } from "../core/json.ts";

/** A member, at any depth; null where there is none. */
export function at(value: JsonValue, ...names: string[]): JsonValue {
  let part = value;
  for (const name of names) {
    if (!isJsonObject(part) || !Object.hasOwn(part, name)) return null;
    part = part[name] ?? null;
  }
  return part;
}

/** A member that is text. */
export function textAt(value: JsonValue, ...names: string[]): string | null {
  const part = at(value, ...names);
  return typeof part === "string" ? part : null;
}

/** A member that is a number. */
export function numberAt(value: JsonValue, ...names: string[]): number | null {
  const part = at(value, ...names);
  return typeof part === "number" ? part : null;
}

/** The items of a member; none where it is no list. */
export function itemsAt(
  value: JsonValue,
  ...names: string[]
): readonly JsonValue[] {
  const part = at(value, ...names);
  return Array.isArray(part) ? part : [];
}

/** The items of a member that are text. */
export function textsAt(value: JsonValue, ...names: string[]): string[] {
  return itemsAt(value, ...names)
    .filter((item): item is string => typeof item === "string");
}

/** A member that is an object; an empty one where it is none. */
export function objectAt(value: JsonValue, ...names: string[]): JsonObject {
  const part = at(value, ...names);
  return isJsonObject(part) ? part : {};
}

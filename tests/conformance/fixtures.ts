/**
 * Reading of fixture files: the public ones and our own have one format.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type CscError, isCscError } from "../../src/core/errors.ts";
import type { JsonObject, JsonValue } from "../../src/core/json.ts";

const VECTORS = new URL("../vectors/", import.meta.url);

/** What all fixtures have; a file adds members of its kind. */
export interface Fixture {
  readonly id: string;
  readonly description: string;
  readonly valid: boolean;
  readonly input: JsonValue;
  /** JSON pointer of the finding that an invalid one must give (own only). */
  readonly expected_pointer?: string;
  readonly expected_code?: string;
  /** Parts of the error text; the finding's message where a pointer is given. */
  readonly expected_error_contains?: string | readonly string[];
  /** Which check must object: the schema or a later one (own only). */
  readonly layer?: string;
}

/** A fixture of a loader: text, not a value. */
export interface LoaderFixture extends Omit<Fixture, "input"> {
  readonly raw_text: string;
  readonly format: "yaml" | "json";
  /** Another text that must have the same digest. */
  readonly same_sha256_as?: string;
}

/** A contract, a policy, and what must be decided. */
export interface DecisionFixture extends Omit<Fixture, "input" | "valid"> {
  readonly contract: JsonObject;
  readonly policy: JsonObject;
  readonly expected_decision: string;
  readonly expected_reason_codes: readonly string[];
  readonly expected_classified_effects?: readonly JsonObject[];
}

/** One JSON file below tests/vectors. */
export function readVector<T>(path: string): T {
  return JSON.parse(Deno.readTextFileSync(new URL(path, VECTORS))) as T;
}

/**
 * All fixtures of a kind, public and own. Fails when a list is missing or
 * empty, and when ours are fewer than twice the public ones: a test over
 * nothing would pass.
 */
export function fixtures<T>(
  kind: string,
  options: { readonly ownOnly?: boolean } = {},
): T[] {
  const own = readVector<T[]>(`own/${kind}.json`);
  const published = options.ownOnly
    ? []
    : readVector<T[]>(`conformance/${kind}.json`);
  assert.ok(options.ownOnly || published.length > 0, `no public ${kind}`);
  assert.ok(own.length > 0 && own.length >= 2 * published.length, kind);
  return [...published, ...own];
}

/** A value as the bytes of a JSON file. */
export function jsonBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** Runs `action`, which must fail with an error of csc, and returns that. */
export async function failureOf(
  action: () => unknown,
): Promise<CscError> {
  try {
    await action();
  } catch (error) {
    if (isCscError(error)) return error;
    throw error;
  }
  assert.fail("accepted, expected an error");
}

/** Checks that an error is about the right place and says the right thing. */
export function assertRightReason(
  fixture: Omit<Fixture, "input">,
  error: CscError,
): void {
  if (fixture.expected_code !== undefined) {
    assert.equal(error.code, fixture.expected_code);
  }
  const { expected_pointer: pointer, expected_error_contains: parts = [] } =
    fixture;
  let text = error.message;
  if (pointer !== undefined) {
    const found = error.details.filter(({ where }) => where === pointer);
    assert.ok(
      found.length > 0,
      `nothing found at "${pointer}" but ${JSON.stringify(error.details)}`,
    );
    if (error.code !== "VERSION_UNKNOWN") {
      text = found.map(({ message }) => message).join("\n");
    }
  }
  for (const part of [parts].flat()) {
    assert.ok(text.includes(part), `no ${JSON.stringify(part)} in: ${text}`);
  }
}

/**
 * Is a document what its schema says (protocol §2)?
 *
 * Every loader hands over its own generated validator, so that no verb carries
 * the schema of a document that it never reads.
 *
 * @module
 */
import type { ErrorDetail } from "../core/errors.ts";
import type { JsonValue } from "../core/json.ts";
import { describeFindings } from "./findings_text.ts";
import type { RawFinding } from "./validators/decision.js";

/** A generated validator: true, or false with `errors` filled. */
export interface Validator {
  (value: unknown): boolean;
  errors?: readonly RawFinding[] | null;
}

/** More would help nobody, and a hostile document could hold a million. */
const MAX_FINDINGS = 20;

/**
 * Checks a document against its schema (protocol §2).
 *
 * Returns up to 20 findings in the order of the schema, each with the JSON
 * pointer of the offending place in `where` (of the place where a missing
 * member should be) and a message with the value found and what was expected.
 * An empty list means that the document is valid.
 */
export function findingsOf(
  validate: Validator,
  value: JsonValue,
): ErrorDetail[] {
  if (validate(value)) return [];
  const raw = (validate.errors ?? []).filter(({ keyword }) =>
    // "if" only says that what follows from it was not met.
    keyword !== "" && keyword !== "if"
  );
  // A value of the wrong type misses every other expectation as well.
  const wrongType = new Set(
    raw.filter(({ keyword }) => keyword === "type")
      .map(({ instancePath }) => instancePath),
  );
  const found = raw.filter(({ keyword, instancePath }) =>
    keyword === "type" || !wrongType.has(instancePath)
  );
  return describeFindings(found.slice(0, MAX_FINDINGS), value);
}

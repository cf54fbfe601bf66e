/**
 * All generated validators by name. Run `scripts/validators.ts` after a change
 * in `schemas/`.
 *
 * @module
 */
import type { ErrorDetail } from "../core/errors.ts";
import type { JsonValue } from "../core/json.ts";
import { findingsOf } from "./findings.ts";
import { validate as approval } from "./validators/approval.js";
import { validate as contract } from "./validators/contract.js";
import { validate as decision } from "./validators/decision.js";
import { validate as policy } from "./validators/policy.js";
import { validate as receipt } from "./validators/receipt.js";

/** The documents that have a schema. */
export type SchemaName =
  | "contract"
  | "policy"
  | "decision"
  | "approval"
  | "receipt";

const VALIDATORS = { contract, policy, decision, approval, receipt };

/** Checks a document against the schema of that name; see `findingsOf`. */
export function schemaFindings(
  name: SchemaName,
  value: JsonValue,
): ErrorDetail[] {
  return findingsOf(VALIDATORS[name], value);
}

/**
 * The policy profile: what an operator allows (protocol §2).
 *
 * @module
 */
import { utf8 } from "../core/bytes.ts";
import { canonicalText } from "../core/canonical.ts";
import { sha256Hex } from "../core/digest.ts";
import { isCscError } from "../core/errors.ts";
import {
  deepFreeze,
  type JsonObject,
  type JsonValue,
  parseJson,
} from "../core/json.ts";
import { tooLarge } from "../core/json_errors.ts";
import type { Effect, Network, RiskClass } from "./contract.ts";
import { refuseFindings, requireVersion } from "./document.ts";
import { MAX_POLICY_BYTES } from "./limits.ts";
import { findingsOf } from "./findings.ts";
import { validate } from "./validators/policy.js";

/** The only policy version there is. */
export const POLICY_VERSION = "csc.policy.v0.1";

/** A valid policy with its defaults filled in, deeply frozen. */
export interface Policy {
  readonly policy_schema_version: typeof POLICY_VERSION;
  readonly name: string;
  readonly allow_commands: readonly string[];
  readonly deny_argv_prefixes: readonly (readonly string[])[];
  readonly allowed_effect_types: readonly Effect[];
  /** Effects of the classifier, extension types included. */
  readonly manual_approval_for_classified_effect_types: readonly string[];
  readonly allowed_risk_classes: readonly RiskClass[];
  readonly max_timeout_sec: number;
  readonly network: Network;
  readonly allow_secret_refs: boolean;
  readonly require_write_paths_empty: boolean;
  readonly allowed_cwd_prefixes: readonly string[];
  readonly allowed_read_prefixes: readonly string[];
  readonly allowed_write_prefixes: readonly string[];
  readonly allowed_egress_hosts: readonly string[];
}

/** A policy and the identity of what was written. */
export interface ParsedPolicy {
  /** For evaluation. */
  readonly policy: Policy;
  /** SHA-256 of `canonical`, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  /** The policy as written: no defaults filled in (protocol §4). */
  readonly canonical: string;
}

const DEFAULTS = {
  deny_argv_prefixes: [],
  manual_approval_for_classified_effect_types: [],
  require_write_paths_empty: false,
  allowed_write_prefixes: [],
  allowed_egress_hosts: [],
};

/**
 * Reads a policy from the bytes of a JSON or YAML file.
 *
 * Throws INPUT_UNREADABLE above 512 KiB, INPUT_MALFORMED with line and column
 * for what is neither, VERSION_UNKNOWN, and POLICY_INVALID with up to 20
 * findings.
 */
export async function parsePolicy(
  bytes: Uint8Array,
  source: string,
): Promise<ParsedPolicy> {
  return await policyFromJson(await parsePolicyFile(bytes, source), source);
}

/** Checks a value that was parsed elsewhere; errors as `parsePolicy`. */
export async function policyFromJson(
  value: JsonValue,
  source: string,
): Promise<ParsedPolicy> {
  const document = { what: "policy", source };
  requireVersion(value, "policy_schema_version", POLICY_VERSION, document);
  refuseFindings("POLICY_INVALID", findingsOf(validate, value), document);
  // The schema has just proved the shape that the type states.
  const written = value as JsonObject;
  const canonical = canonicalText(written);
  const policy = deepFreeze({ ...DEFAULTS, ...written });
  return Object.freeze({
    policy: policy as unknown as Policy,
    sha256: await sha256Hex(utf8(canonical)),
    canonical,
  });
}

/**
 * JSON where the text begins like a JSON object and is one, else YAML. The YAML
 * reader is loaded only when it is needed: it costs start-up time.
 */
async function parsePolicyFile(
  bytes: Uint8Array,
  source: string,
): Promise<JsonValue> {
  const options = { source, what: "policy", maxBytes: MAX_POLICY_BYTES };
  if (bytes.length > options.maxBytes) throw tooLarge(bytes.length, options);
  if (beginsLikeJsonObject(bytes)) {
    try {
      return parseJson(bytes, { ...options, numbers: "plain-integer" });
    } catch (error) {
      // `{a: b}` is YAML; a file that says it is JSON gets the JSON error.
      if (!isCscError(error) || source.endsWith(".json")) throw error;
    }
  }
  const { parseYamlStrict } = await import("./policy_file.ts");
  return parseYamlStrict(bytes, options);
}

function beginsLikeJsonObject(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) =>
    byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d
  );
  return first === 0x7b;
}

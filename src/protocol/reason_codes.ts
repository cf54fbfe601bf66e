/**
 * Reason codes of decisions (protocol §5). Public API: codes may be added, none
 * is ever renamed or given another meaning.
 *
 * @module
 */

/** Each code with its meaning in one line. */
export const REASON_CODES = {
  ALLOW: "Every rule of the policy allows the contract.",
  APPROVAL_REQUIRED: "A person must approve the contract before it runs.",
  RISK_CLASS_NOT_ALLOWED: "The policy does not allow this risk class.",
  COMMAND_NOT_ALLOWED: "The policy does not list this program.",
  ARGV_PREFIX_DENIED: "The command line begins with a denied prefix.",
  EFFECT_TYPE_NOT_ALLOWED: "The policy does not allow this effect.",
  EFFECT_RECLASSIFIED:
    "The command was classified differently from what was proposed (informational).",
  TIMEOUT_EXCEEDS_POLICY: "The timeout is longer than the policy allows.",
  NETWORK_EXCEEDS_POLICY: "The command asks for more network than allowed.",
  SECRET_REF_NOT_ALLOWED: "The policy does not allow references to secrets.",
  PATH_NOT_ABSOLUTE: "A declared path is not absolute.",
  CWD_NOT_ALLOWED: "The working directory is outside the allowed prefixes.",
  READ_SCOPE_DENIED: "A read scope reaches outside the allowed prefixes.",
  WRITE_PATHS_NOT_EMPTY: "The policy does not allow any write scope.",
  WRITE_SCOPE_DENIED: "A write scope reaches outside the allowed prefixes.",
} as const;

/** A machine-readable reason. */
export type ReasonCode = keyof typeof REASON_CODES;

/**
 * The policy of `csc exec` where none is named: it keeps a command within the
 * directory that csc was called in. Whoever calls chooses program and scopes,
 * so there is nothing else that it could decide.
 *
 * @module
 */
import type { JsonObject } from "../core/json.ts";

/** Longest timeout, seconds. */
export const MAX_BUILT_IN_TIMEOUT_SEC = 3600;

/** The policy for a command line in a directory. Pure. */
export function builtInPolicy(
  argv: readonly string[],
  cwd: string,
): JsonObject {
  const [program = ""] = argv;
  return {
    policy_schema_version: "csc.policy.v0.1",
    name: "exec-built-in",
    allow_commands: [program],
    allowed_effect_types: ["observe", "transform_local", "mutate_repo"],
    allowed_risk_classes: ["low", "medium"],
    max_timeout_sec: MAX_BUILT_IN_TIMEOUT_SEC,
    network: "deny",
    allow_secret_refs: false,
    allowed_cwd_prefixes: [cwd],
    allowed_read_prefixes: [cwd],
    allowed_write_prefixes: [cwd],
  };
}

/**
 * The policy of `csc exec` where none is named. Whoever calls chooses program,
 * scopes and limits by flags, so it allows exactly what they name, and within
 * the working directory whatever they might; network and secrets never. Where
 * that is too much, the machine's configuration accepts other policies only.
 *
 * @module
 */
import type { JsonObject } from "../core/json.ts";
import { literalPrefix } from "../core/path.ts";

/** Longest timeout where no flag asks for more, seconds. */
const USUAL_TIMEOUT_SEC = 3600;
const USUAL_EFFECTS = ["observe", "transform_local", "mutate_repo"];
const USUAL_RISKS = ["low", "medium"];

/** What the flags of a call name. */
export interface Named {
  readonly argv: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  /** Absolute scopes, globs included. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Seconds. */
  readonly timeout: number;
  readonly effect: string;
  readonly risk: string;
}

/** The policy for a call. Pure. */
export function builtInPolicy(named: Named): JsonObject {
  const { argv: [program = ""], cwd } = named;
  return {
    policy_schema_version: "csc.policy.v0.1",
    name: "exec-built-in",
    allow_commands: [program],
    allowed_effect_types: together(USUAL_EFFECTS, [named.effect]),
    allowed_risk_classes: together(USUAL_RISKS, [named.risk]),
    max_timeout_sec: Math.max(USUAL_TIMEOUT_SEC, named.timeout),
    network: "deny",
    allow_secret_refs: false,
    allowed_cwd_prefixes: [cwd],
    allowed_read_prefixes: together([cwd], prefixes(named.reads)),
    allowed_write_prefixes: together([cwd], prefixes(named.writes)),
  };
}

/** The directories that scopes begin with; a glob at the root has none. */
function prefixes(scopes: readonly string[]): string[] {
  return scopes.map(literalPrefix).filter((prefix) => prefix !== null);
}

function together(
  usual: readonly string[],
  named: readonly string[],
): string[] {
  return [...new Set([...usual, ...named])];
}

/**
 * What a policy would have allowed, for whoever reads a denial. Bundled apart
 * (scripts/build/apart.ts): a contract that is allowed needs no words.
 *
 * @module
 */
import { nearest } from "../core/nearest.ts";
import { quote } from "../core/text.ts";
import type { Contract } from "../protocol/contract.ts";
import type { Policy } from "../protocol/policy.ts";
import type { ReasonCode } from "../protocol/reason_codes.ts";
import { denialOf } from "./evaluate.ts";

/** So many values of a list are shown, each of them so long, characters. */
const VALUES_SHOWN = 8;
const VALUE_LENGTH = 60;

/** The rule of the policy behind each reason code, where it is always one. */
const RULES: Readonly<Partial<Record<ReasonCode, keyof Policy>>> = {
  RISK_CLASS_NOT_ALLOWED: "allowed_risk_classes",
  COMMAND_NOT_ALLOWED: "allow_commands",
  ARGV_PREFIX_DENIED: "deny_argv_prefixes",
  EFFECT_TYPE_NOT_ALLOWED: "allowed_effect_types",
  TIMEOUT_EXCEEDS_POLICY: "max_timeout_sec",
  NETWORK_EXCEEDS_POLICY: "network",
  SECRET_REF_NOT_ALLOWED: "allow_secret_refs",
  CWD_NOT_ALLOWED: "allowed_cwd_prefixes",
  READ_SCOPE_DENIED: "allowed_read_prefixes",
  WRITE_PATHS_NOT_EMPTY: "require_write_paths_empty",
  WRITE_SCOPE_DENIED: "allowed_write_prefixes",
};

/** The list of prefixes that a path is held to, by what the path is. */
const PREFIXES: Readonly<Record<string, keyof Policy>> = {
  "cwd": "allowed_cwd_prefixes",
  "read path": "allowed_read_prefixes",
  "write path": "allowed_write_prefixes",
};

/**
 * One line with the values of the rule that denies the contract, and the one
 * nearest to what was asked for; undefined where nothing denies it. Pure.
 */
export function allowedHint(
  contract: Contract,
  policy: Policy,
): string | undefined {
  const [finding] = denialOf(contract, policy) ?? [];
  if (finding === undefined) return undefined;
  const { code, what, subject } = finding;
  const rule = RULES[code] ?? PREFIXES[what];
  if (rule === undefined) return undefined;
  const value = policy[rule];
  if (!Array.isArray(value)) {
    return `The policy says ${rule}: ${
      typeof value === "string" ? quote(value) : value
    }.`;
  }
  const names = value.map((one: string | readonly string[]) =>
    typeof one === "string" ? one : one.join(" ")
  );
  const near = code === "ARGV_PREFIX_DENIED"
    ? null
    : rule.endsWith("_prefixes")
    ? nearestPrefix(subject, names)
    : nearest(subject, names);
  return `The policy has ${list(names)} in ${rule}` +
    (near === null || names.length < 2
      ? "."
      : `; nearest: ${quote(near, VALUE_LENGTH)}.`);
}

function list(names: readonly string[]): string {
  if (names.length === 0) return "nothing";
  const shown = names.slice(0, VALUES_SHOWN)
    .map((name) => quote(name, VALUE_LENGTH)).join(", ");
  const more = names.length - VALUES_SHOWN;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** The prefix with which a path shares most of its first components. */
function nearestPrefix(
  path: string,
  prefixes: readonly string[],
): string | null {
  const parts = partsOf(path);
  let best: string | null = null;
  let most = 0;
  for (const prefix of prefixes) {
    const differs = partsOf(prefix)
      .findIndex((part, index) => part !== parts[index]);
    const shared = differs < 0 ? partsOf(prefix).length : differs;
    if (shared > most) [best, most] = [prefix, shared];
  }
  return best;
}

function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "");
}

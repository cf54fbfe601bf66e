/**
 * The command contract: what an agent asks to run (protocol §2).
 *
 * Everything in it is the agent's claim. `intent` and `justification` are text
 * for people and never take part in a decision.
 *
 * @module
 */
import { canonicalText } from "../core/canonical.ts";
import { utf8 } from "../core/bytes.ts";
import { sha256Hex } from "../core/digest.ts";
import {
  deepFreeze,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJson,
} from "../core/json.ts";
import { defineOwn } from "../core/json_reader.ts";
import { contractLimitFindings } from "./contract_limits.ts";
import { refuseFindings, requireVersion } from "./document.ts";
import { MAX_CONTRACT_BYTES } from "./limits.ts";
import { findingsOf } from "./findings.ts";
import { validate } from "./validators/contract.js";

/** The only contract version there is. */
export const CONTRACT_VERSION = "csc.v0.1";

/** How dangerous the agent believes its request to be. */
export type RiskClass = "low" | "medium" | "high" | "critical";
/** What the agent wants a person to confirm. */
export type ApprovalMode =
  | "policy_only"
  | "human_required"
  | "dual_control_required";
/** What a command is for; a claim until it is classified. */
export type Effect =
  | "observe"
  | "transform_local"
  | "fetch_external"
  | "mutate_repo"
  | "deploy"
  | "touch_secrets";
/** How much network a command may have. */
export type Network = "deny" | "allowlisted" | "full";

/** Networks from least to most (protocol §5, 2e). */
export const NETWORK_ORDER: readonly Network[] = [
  "deny",
  "allowlisted",
  "full",
];

/** On whose behalf the agent says it acts. */
export interface Actor {
  readonly agent_id: string;
  readonly session_id: string;
  readonly initiating_user: string;
  readonly delegation_scope: string;
}

/** One program with its arguments; never a shell line. */
export interface Exec {
  readonly argv: readonly string[];
}

/** Two or more programs, each reading what the one before it writes. */
export interface Pipeline {
  readonly segments: readonly Exec[];
}

/** One command; exactly one of `exec` and `pipeline` is there. */
export interface Command {
  readonly id: string;
  readonly exec?: Exec;
  readonly pipeline?: Pipeline;
  readonly cwd: string;
  readonly read_paths: readonly string[];
  readonly write_paths: readonly string[];
  readonly network: Network;
  readonly env_allow: readonly string[];
  readonly secret_refs: readonly string[];
  readonly timeout_sec: number;
  readonly proposed_effect_type: Effect;
}

/** A valid contract, deeply frozen. */
export interface Contract {
  readonly version: typeof CONTRACT_VERSION;
  readonly contract_id: string;
  readonly intent: string;
  readonly actor: Actor;
  readonly commands: readonly Command[];
  readonly risk_class: RiskClass;
  readonly approval_mode: ApprovalMode;
  readonly expected_outputs?: readonly string[];
  readonly justification: string;
}

/**
 * Reads a contract from the bytes of a file.
 *
 * Throws INPUT_UNREADABLE above 1 MiB, INPUT_MALFORMED for what is not strict
 * JSON, VERSION_UNKNOWN, and CONTRACT_INVALID with up to 20 findings.
 */
export function parseContract(bytes: Uint8Array, source: string): Contract {
  const value = parseJson(bytes, {
    source,
    what: "contract",
    maxBytes: MAX_CONTRACT_BYTES,
    numbers: "integer-valued",
  });
  return contractFromJson(value, source);
}

/**
 * Checks a value that was parsed elsewhere, and freezes it. Throws
 * VERSION_UNKNOWN and CONTRACT_INVALID as `parseContract` does.
 */
export function contractFromJson(value: JsonValue, source: string): Contract {
  const document = { what: "contract", source };
  requireVersion(value, "version", CONTRACT_VERSION, document);
  const contract = withoutNullAlternatives(value);
  refuseFindings("CONTRACT_INVALID", [
    ...findingsOf(validate, contract),
    ...contractLimitFindings(contract),
  ], document);
  // The schema has just proved the shape that the type states.
  return deepFreeze(contract) as unknown as Contract;
}

/** Every argv vector of a command, in the order of execution. */
export function argvVectors(command: Command): readonly (readonly string[])[] {
  if (command.exec !== undefined) return [command.exec.argv];
  return (command.pipeline?.segments ?? []).map((segment) => segment.argv);
}

/** The text that is hashed; an absent `expected_outputs` is `[]` (protocol §4). */
export function canonicalContract(contract: Contract): string {
  const { expected_outputs = [] } = contract;
  return canonicalText(
    { ...contract, expected_outputs } as unknown as JsonObject,
  );
}

/** SHA-256 of the canonical contract, 64 lower-case hexadecimal digits. */
export function contractSha256(contract: Contract): Promise<string> {
  return sha256Hex(utf8(canonicalContract(contract)));
}

/**
 * Drops `exec: null` and `pipeline: null`, which count as absent (protocol §4).
 * Any other null stays, for the schema to refuse.
 */
function withoutNullAlternatives(value: JsonValue): JsonValue {
  if (!isJsonObject(value) || !Array.isArray(value["commands"])) return value;
  const commands: readonly JsonValue[] = value["commands"];
  if (!commands.some(hasNullAlternative)) return value;
  return { ...value, commands: commands.map(withoutNulls) };
}

function hasNullAlternative(command: JsonValue): boolean {
  return isJsonObject(command) &&
    (command["exec"] === null || command["pipeline"] === null);
}

function withoutNulls(command: JsonValue): JsonValue {
  if (!isJsonObject(command)) return command;
  const kept: Record<string, JsonValue> = {};
  for (const [name, member] of Object.entries(command)) {
    const isNullAlternative = member === null &&
      (name === "exec" || name === "pipeline");
    if (!isNullAlternative) defineOwn(kept, name, member);
  }
  return kept;
}

/**
 * Contract and policy of an attack, and the command line of csc for them.
 *
 * @module
 */
import type { Place } from "./place.ts";

/** The members of a receipt that the tests look at (protocol §2). */
export interface Receipt {
  readonly status: "success" | "failed" | "blocked" | "expired";
  readonly exit_code?: number;
  readonly error?: string;
  readonly execution_mode?: string;
  readonly sandbox_profile_id?: string;
  readonly signing_key_id?: string;
  readonly stdout_hash?: string;
  readonly completed_command_ids?: readonly string[];
  readonly failed_command_id?: string | null;
  readonly signature?: Readonly<Record<string, string>>;
}

/** How a run departs from the usual one of its place. */
export interface RunOptions {
  /** The csc to call, where a test has its own copy. */
  readonly csc?: string;
  readonly contractCwd?: string;
  readonly readPaths?: readonly string[];
  readonly writePaths?: readonly string[];
  /** Members of the policy in place of the usual ones. */
  readonly policy?: Readonly<Record<string, unknown>>;
  readonly envAllow?: readonly string[];
  readonly timeoutSec?: number;
  /** What the policy allows as cwd and for writing, besides the usual. */
  readonly cwdPrefixes?: readonly string[];
  readonly writePrefixes?: readonly string[];
  /** Further segments, which make the command a pipeline. */
  readonly then?: readonly (readonly string[])[];
  readonly receiptOut?: string;
  readonly stateDir?: string;
  /** Default: the key of the place. */
  readonly signingKey?: string;
  /** Text of a configuration file; default none. */
  readonly config?: string;
}

function segment(argv: readonly string[]): unknown {
  return { argv };
}

/** One call of csc, ready to be launched. */
export interface CscCall {
  readonly argv: readonly string[];
  readonly receiptPath: string;
  readonly contractPath: string;
  readonly policyPath: string;
}

/** Writes contract and policy number `call` of this place. */
export async function writeRequest(
  place: Place,
  csc: string,
  call: number,
  argv: readonly string[],
  options: RunOptions,
): Promise<CscCall> {
  const contractPath = `${place.private}/contract-${call}.json`;
  const policyPath = `${place.private}/policy-${call}.json`;
  const receiptPath = options.receiptOut ??
    `${place.private}/receipt-${call}.json`;
  await place.file(
    contractPath,
    JSON.stringify(contractFor(place, argv, options)),
  );
  await place.file(policyPath, JSON.stringify(policyFor(place, argv, options)));
  const configured: string[] = [];
  if (options.config !== undefined) {
    const configPath = `${place.private}/config-${call}.yaml`;
    await place.file(configPath, options.config);
    configured.push("--config", configPath);
  }
  return {
    contractPath,
    policyPath,
    receiptPath,
    argv: [
      csc,
      "run",
      contractPath,
      policyPath,
      "--mode",
      "hardened",
      "--sign",
      "--signing-key",
      options.signingKey ?? `${place.private}/test.key`,
      "--key-id",
      "test",
      "--receipt-out",
      receiptPath,
      "--state-dir",
      options.stateDir ?? `${place.private}/state`,
      ...configured,
    ],
  };
}

function contractFor(
  place: Place,
  argv: readonly string[],
  options: RunOptions,
): unknown {
  return {
    version: "csc.v0.1",
    contract_id: `attack-${crypto.randomUUID()}`,
    intent: "break out of the sandbox",
    actor: {
      agent_id: "attacker",
      session_id: "sandbox-tests",
      initiating_user: "tests",
      delegation_scope: "none",
    },
    commands: [{
      id: "attack",
      ...(options.then === undefined
        ? { exec: { argv } }
        : { pipeline: { segments: [argv, ...options.then].map(segment) } }),
      cwd: options.contractCwd ?? place.write,
      read_paths: options.readPaths ?? [place.read],
      write_paths: options.writePaths ?? [place.write],
      network: "deny",
      env_allow: options.envAllow ?? [],
      secret_refs: [],
      timeout_sec: options.timeoutSec ?? 30,
      proposed_effect_type: "transform_local",
    }],
    risk_class: "low",
    approval_mode: "policy_only",
    expected_outputs: [],
    justification: "a wall that nobody attacks is not known to stand",
  };
}

/** Allows just this program, and scopes below the read and the write directory. */
function policyFor(
  place: Place,
  argv: readonly string[],
  { policy, then, cwdPrefixes = [], writePrefixes = [] }: RunOptions,
): unknown {
  return {
    policy_schema_version: "csc.policy.v0.1",
    name: "sandbox-tests",
    allow_commands: [argv, ...then ?? []].map(([name]) => name),
    allowed_effect_types: ["observe", "transform_local"],
    allowed_risk_classes: ["low"],
    max_timeout_sec: 60,
    network: "deny",
    allow_secret_refs: false,
    allowed_cwd_prefixes: [place.read, place.write, ...cwdPrefixes],
    allowed_read_prefixes: [place.read, place.write],
    allowed_write_prefixes: [place.write, ...writePrefixes],
    ...policy,
  };
}

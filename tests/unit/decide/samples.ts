import type { Command, Contract } from "../../../src/protocol/contract.ts";
import type { Policy } from "../../../src/protocol/policy.ts";

/** A command that the sample policy allows, with changes. */
export function sampleCommand(changes: Partial<Command> = {}): Command {
  return {
    id: "cmd_1",
    exec: { argv: ["git", "status"] },
    cwd: "/w/repo",
    read_paths: ["/w/repo/**"],
    write_paths: [],
    network: "deny",
    env_allow: [],
    secret_refs: [],
    timeout_sec: 10,
    proposed_effect_type: "observe",
    ...changes,
  };
}

/** A pipeline in place of the sample command's exec. */
export function samplePipeline(
  segments: string[][],
  changes: Partial<Command> = {},
): Command {
  const { exec: _, ...rest } = sampleCommand(changes);
  return {
    ...rest,
    pipeline: { segments: segments.map((argv) => ({ argv })) },
  };
}

/** A contract that the sample policy allows, with changes. */
export function sampleContract(changes: Partial<Contract> = {}): Contract {
  return {
    version: "csc.v0.1",
    contract_id: "contract_sample",
    intent: "look",
    actor: {
      agent_id: "a",
      session_id: "s",
      initiating_user: "u",
      delegation_scope: "d",
    },
    commands: [sampleCommand()],
    risk_class: "low",
    approval_mode: "policy_only",
    justification: "test",
    ...changes,
  };
}

/** A policy with defaults filled in, with changes. */
export function samplePolicy(changes: Partial<Policy> = {}): Policy {
  return {
    policy_schema_version: "csc.policy.v0.1",
    name: "sample",
    allow_commands: ["git", "cat", "curl"],
    deny_argv_prefixes: [],
    allowed_effect_types: ["observe", "fetch_external"],
    manual_approval_for_classified_effect_types: [],
    allowed_risk_classes: ["low"],
    max_timeout_sec: 30,
    network: "allowlisted",
    allow_secret_refs: false,
    require_write_paths_empty: false,
    allowed_cwd_prefixes: ["/w"],
    allowed_read_prefixes: ["/w"],
    allowed_write_prefixes: ["/w/repo"],
    allowed_egress_hosts: [],
    ...changes,
  };
}

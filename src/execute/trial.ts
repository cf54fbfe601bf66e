/**
 * A hardened run of nothing, to find out whether this host allows one: the only
 * check that does not guess.
 *
 * @module
 */
import { isCscError } from "../core/errors.ts";
import type { Contract } from "../protocol/contract.ts";
import type { Policy } from "../protocol/policy.ts";
import type { Executor } from "./executor.ts";
import { findCgroupHome, makeCgroup } from "./cgroup.ts";

/** How the trial ended. */
export interface Trial {
  /** null: the host has no program to try it with. */
  readonly works: boolean | null;
  /** What failed; empty when nothing did. */
  readonly message: string;
  readonly hint: string;
}

/** What of cgroups this process is granted. */
export interface CgroupGrant {
  readonly version: 0 | 1 | 2;
  readonly memory: boolean;
  readonly processes: boolean;
}

/** Programs of which any host but the barest has one, and that end by themselves. */
const PROGRAMS = ["/usr/bin/true", "/bin/true", "/bin/cat", "/usr/bin/env"];

/**
 * Runs a program of the system's in a sandbox that sees nothing but the
 * system's directories.
 */
export async function trySandbox(executor: Executor): Promise<Trial> {
  const program = PROGRAMS.find(isThere);
  if (program === undefined) return { works: null, message: "", hint: "" };
  try {
    const prepared = await executor.prepare(contractFor(program), POLICY, []);
    try {
      const [command] = prepared.commands;
      if (command === undefined) return failed("nothing was prepared", "");
      const ended = await command.run({
        stdoutFd: -1,
        stderrFd: -1,
        escapeStdout: true,
        escapeStderr: true,
      });
      return ended.exitCode === 0
        ? { works: true, message: "", hint: "" }
        : failed(`${program} ended with ${ended.exitCode}: ${ended.error}`, "");
    } finally {
      prepared.close();
    }
  } catch (error) {
    if (!isCscError(error)) throw error;
    return failed(error.message, error.hint ?? "");
  }
}

/** Makes and removes a cgroup, as a run would. */
export function tryCgroup(name: string): CgroupGrant {
  const home = findCgroupHome();
  const made = home === null
    ? null
    : makeCgroup(home, name, { memoryBytes: 1 << 30, processes: 100 });
  if (home === null || made === null) {
    return { version: 0, memory: false, processes: false };
  }
  const limited = made.limits.map(({ limit }) => limit);
  made.remove();
  return {
    version: home.version,
    memory: limited.includes("memory_bytes"),
    processes: limited.includes("processes"),
  };
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function failed(message: string, hint: string): Trial {
  return { works: false, message, hint };
}

const TRIAL_CWD = "/usr";

const POLICY = {
  policy_schema_version: "csc.policy.v0.1",
  name: "doctor",
  allow_commands: [],
  allowed_effect_types: ["observe"],
  allowed_risk_classes: ["low"],
  max_timeout_sec: 10,
  network: "deny",
  allow_secret_refs: false,
  allowed_cwd_prefixes: [TRIAL_CWD],
  allowed_read_prefixes: [],
  allowed_write_prefixes: [],
} as unknown as Policy;

function contractFor(program: string): Contract {
  return {
    version: "csc.v0.1",
    contract_id: "doctor",
    intent: "find out whether a sandbox can be built",
    actor: {
      agent_id: "csc",
      session_id: "doctor",
      initiating_user: "doctor",
      delegation_scope: "doctor",
    },
    commands: [{
      id: "trial",
      exec: { argv: [program] },
      cwd: TRIAL_CWD,
      read_paths: [],
      write_paths: [],
      network: "deny",
      env_allow: [],
      secret_refs: [],
      timeout_sec: 10,
      proposed_effect_type: "observe",
    }],
    risk_class: "low",
    approval_mode: "policy_only",
    justification: "csc doctor",
  } as unknown as Contract;
}

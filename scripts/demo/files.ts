/**
 * What the demo works on: a program, a contract for it, a policy over both.
 *
 * @module
 */

/** A program that says where it is, so that the sandbox shows. */
export const PROGRAM = `#include <stdio.h>
#include <unistd.h>

int main(void)
{
	printf("hello from process %d of the sandbox\\n", (int)getpid());
	return access("/etc/shadow", F_OK) == 0;
}
`;

interface DemoCommand {
  readonly id: string;
  readonly exec: { readonly argv: readonly string[] };
  readonly [member: string]: unknown;
}

interface DemoContract {
  readonly contract_id: string;
  readonly commands: readonly DemoCommand[];
  readonly [member: string]: unknown;
}

/** Compiles the program of `project` and runs it. */
export function demoContract(project: string): DemoContract {
  const command = (id: string, ...argv: string[]): DemoCommand => ({
    id,
    exec: { argv },
    cwd: project,
    read_paths: [`${project}/**`],
    write_paths: [`${project}/build/**`],
    network: "deny",
    env_allow: [],
    secret_refs: [],
    timeout_sec: 60,
    proposed_effect_type: "transform_local",
  });
  return {
    version: "csc.v0.1",
    contract_id: "demo-compile-001",
    intent: "compile the program and run it",
    actor: {
      agent_id: "demo-agent",
      session_id: "demo-session",
      initiating_user: "you",
      delegation_scope: "demo",
    },
    commands: [
      command("compile", "cc", "-O1", "-o", "build/hello", "hello.c"),
      command("run", `${project}/build/hello`),
    ],
    risk_class: "low",
    approval_mode: "policy_only",
    expected_outputs: [`${project}/build/hello`],
    justification: "shows a build under contract",
  };
}

/** The same contract with one command, and that one running something else. */
export function withArgv(
  contract: DemoContract,
  argv: readonly string[],
): DemoContract {
  const [first] = contract.commands;
  if (first === undefined) throw new Error("the contract has no command");
  return { ...contract, commands: [{ ...first, exec: { argv } }] };
}

/** What the demo's contract needs, and no more. */
export function demoPolicy(project: string): unknown {
  return {
    policy_schema_version: "csc.policy.v0.1",
    name: "demo",
    allow_commands: ["cc", "cat", `${project}/build/hello`],
    allowed_effect_types: ["observe", "transform_local"],
    allowed_risk_classes: ["low"],
    max_timeout_sec: 60,
    network: "deny",
    allow_secret_refs: false,
    allowed_cwd_prefixes: [project],
    allowed_read_prefixes: [project],
    allowed_write_prefixes: [`${project}/build`],
  };
}

/**
 * A place in which a sample of the documentation is run for real.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { JsonObject } from "../../src/core/json.ts";

const CSC = Deno.env.get("CSC_BINARY") ??
  new URL("../../dist/csc", import.meta.url).pathname;

/** A directory with a key and a project, in which commands run hardened. */
export class Place {
  readonly folder = Deno.makeTempDirSync({ dir: "/tmp", prefix: "csc-docs-" });

  constructor() {
    Deno.mkdirSync(`${this.folder}/project/out`, { recursive: true });
    this.#csc("keygen", "--out", "keys", "--key-id", "me");
  }

  write(name: string, text: string): void {
    Deno.writeTextFileSync(`${this.folder}/${name}`, text);
    // Whatever the umask: csc trusts no configuration that others may write.
    Deno.chmodSync(`${this.folder}/${name}`, 0o644);
  }

  /** Runs commands, each with members of its own; what they printed. */
  run(commands: readonly JsonObject[], flags: readonly string[] = []): string {
    const project = `${this.folder}/project`;
    const contract = {
      version: "csc.v0.1",
      contract_id: "documentation",
      intent: "run what the documentation shows",
      actor: {
        agent_id: "agent-1",
        session_id: "session-1",
        initiating_user: "mira",
        delegation_scope: "docs",
      },
      commands: commands.map((command) => ({
        cwd: project,
        read_paths: [`${project}/**`],
        write_paths: [`${project}/out/**`],
        network: "deny",
        env_allow: [],
        secret_refs: [],
        timeout_sec: 30,
        proposed_effect_type: "transform_local",
        ...command,
      })),
      risk_class: "low",
      approval_mode: "policy_only",
      justification: "documentation is to be true",
    };
    const policy = {
      policy_schema_version: "csc.policy.v0.1",
      name: "documentation",
      allow_commands: ["cc", "git", "ls", "sort", "tee"],
      deny_argv_prefixes: [],
      allowed_effect_types: ["observe", "transform_local"],
      allowed_risk_classes: ["low"],
      max_timeout_sec: 30,
      network: "deny",
      allow_secret_refs: false,
      allowed_cwd_prefixes: [project],
      allowed_read_prefixes: [project],
      allowed_write_prefixes: [`${project}/out`],
    };
    this.write("contract.json", JSON.stringify(contract));
    this.write("policy.json", JSON.stringify(policy));
    const signed = ["--signing-key", "keys/me.key", "--key-id", "me"];
    const places = [
      "--state-dir",
      "state",
      "--receipt-out",
      "out/receipt.json",
    ];
    const mode = ["--mode", "hardened", ...signed, ...places, ...flags];
    return this.#csc("run", "contract.json", "policy.json", ...mode);
  }

  #csc(...args: string[]): string {
    const { success, stdout, stderr } = new Deno.Command(CSC, {
      args,
      cwd: this.folder,
      clearEnv: true,
      env: { HOME: this.folder },
    }).outputSync();
    const decoder = new TextDecoder();
    assert.ok(success, decoder.decode(stderr));
    return decoder.decode(stdout);
  }

  close(): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

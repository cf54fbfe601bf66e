/**
 * The same small job for every subject: run `true` in a sandbox that shows the
 * system directories read-only and one directory for writing.
 *
 * @module
 */

/** Files and command lines of one benchmark. */
export interface Workspace {
  readonly root: string;
  readonly emptyScript: string;
  readonly contract: string;
  readonly policy: string;
  readonly signing: readonly string[];
  /** What the protocol's reference runner is made of (protocol §7). */
  readonly chain: readonly string[];
  readonly firejail: readonly string[];
  remove(): void;
}

/** Makes the files, and a key with csc itself. */
export function prepareWorkspace(): Workspace {
  const root = Deno.makeTempDirSync({ prefix: "csc-bench-" });
  const work = `${root}/work`;
  Deno.mkdirSync(work);
  const write = (name: string, value: unknown) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    Deno.writeTextFileSync(`${root}/${name}`, text);
    return `${root}/${name}`;
  };
  const csc = new URL("../../dist/csc", import.meta.url).pathname;
  const keygen = new Deno.Command(csc, {
    args: ["keygen", "--out", `${root}/keys`, "--key-id", "bench"],
  }).outputSync();
  if (!keygen.success) {
    throw new Error(`make a key: ${new TextDecoder().decode(keygen.stderr)}`);
  }
  return {
    root,
    emptyScript: write("empty.js", ""),
    contract: write("contract.json", contractFor(work)),
    policy: write("policy.json", policyFor(work)),
    signing: [
      ...["--mode", "hardened", "--sign"],
      ...["--signing-key", `${root}/keys/bench.key`, "--key-id", "bench"],
      ...["--receipt-out", `${root}/receipts/receipt.json`],
      ...["--state-dir", `${root}/state`],
    ],
    chain: chainFor(work),
    firejail: [
      ...["firejail", "--quiet", "--noprofile", "--net=none"],
      ...["--caps.drop=all", "--seccomp", "--nonewprivs", "--private-tmp"],
      ...["--rlimit-nproc=100", "--", "/usr/bin/true"],
    ],
    remove: () => Deno.removeSync(root, { recursive: true }),
  };
}

/** The contract that every run of csc gets. */
export function contractFor(work: string): unknown {
  return {
    version: "csc.v0.1",
    contract_id: "bench-true-001",
    intent: "do nothing, quickly",
    actor: {
      agent_id: "bench",
      session_id: "bench",
      initiating_user: "bench",
      delegation_scope: "bench",
    },
    commands: [{
      id: "cmd_1",
      exec: { argv: ["true"] },
      cwd: work,
      read_paths: [`${work}/**`],
      write_paths: [`${work}/**`],
      network: "deny",
      env_allow: [],
      secret_refs: [],
      timeout_sec: 10,
      proposed_effect_type: "observe",
    }],
    risk_class: "low",
    approval_mode: "policy_only",
    justification: "measures the cost of confinement",
  };
}

/** The policy that allows it. */
export function policyFor(work: string): unknown {
  return {
    policy_schema_version: "csc.policy.v0.1",
    name: "bench",
    allow_commands: ["true"],
    allowed_effect_types: ["observe"],
    allowed_risk_classes: ["low"],
    max_timeout_sec: 60,
    network: "deny",
    allow_secret_refs: false,
    allowed_cwd_prefixes: [work],
    allowed_read_prefixes: [work],
    allowed_write_prefixes: [work],
  };
}

function chainFor(work: string): string[] {
  return [
    ...["prlimit", "--cpu=300", "--nproc=100", "--fsize=104857600"],
    ...["bwrap", "--unshare-all", "--die-with-parent", "--new-session"],
    ...["--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin"],
    ...["--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"],
    ...["--ro-bind", "/etc/ld.so.cache", "/etc/ld.so.cache"],
    ...["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"],
    ...["--bind", work, work, "--chdir", work, "--"],
    ...["setpriv", "--no-new-privs", "--bounding-set=-all", "--", "true"],
  ];
}

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
  /** The same, with `node -e 0` as the command. */
  readonly nodeContract: string;
  /** The same, with a command that prints one GiB. */
  readonly floodContract: string;
  readonly policy: string;
  readonly signing: readonly string[];
  /** What the protocol's reference runner is made of (protocol §7). */
  readonly chain: readonly string[];
  readonly firejail: readonly string[];
  readonly firejailNode: readonly string[];
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
    nodeContract: write(
      "node.json",
      contractFor(work, ["node", "-e", "0"]),
    ),
    floodContract: write("flood.json", contractFor(work, FLOOD)),
    policy: write("policy.json", policyFor(work)),
    signing: [
      ...["--mode", "hardened", "--sign"],
      ...["--signing-key", `${root}/keys/bench.key`, "--key-id", "bench"],
      ...["--receipt-out", `${root}/receipts/receipt.json`],
      ...["--state-dir", `${root}/state`],
    ],
    chain: chainFor(work),
    firejail: [...FIREJAIL, "/usr/bin/true"],
    firejailNode: [...FIREJAIL, "node", "-e", "0"],
    remove: () => Deno.removeSync(root, { recursive: true }),
  };
}

/** Prints one GiB and does nothing else. */
export const FLOOD: readonly string[] = [
  "head",
  "-c",
  "1073741824",
  "/dev/zero",
];

const FIREJAIL: readonly string[] = [
  ...["firejail", "--quiet", "--noprofile", "--net=none"],
  ...["--caps.drop=all", "--seccomp", "--nonewprivs", "--private-tmp"],
  ...["--rlimit-nproc=100", "--"],
];

/** The contract that a run of csc gets. */
export function contractFor(
  work: string,
  argv: readonly string[] = ["true"],
): unknown {
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
      exec: { argv },
      cwd: work,
      read_paths: [`${work}/**`],
      write_paths: [`${work}/**`],
      network: "deny",
      env_allow: [],
      secret_refs: [],
      timeout_sec: 60,
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
    allow_commands: ["true", "node", "head"],
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

/**
 * The topic `configuration`: every key, with its default.
 *
 * @module
 */
import type { Topic } from "./manual.ts";

const SAMPLE = `\
  mode: local              # of csc run, where no flag says it; or hardened
  state_dir: /var/lib/csc  # where runs are recorded
  log: required            # or "off", for hosts without a state directory
  signing:
    key: /etc/csc/ci.key   # private key that signs receipts
    key_id: ci
  trust_store: /etc/csc/trust  # public keys for verify-receipt: ID.pub
  retention:               # what csc prune leaves of the records of runs
    max_age_days: 90
    max_mb: 1024
  sandbox:                 # hardened mode
    # where programs are looked up; the caller's PATH plays no part
    path: [/usr/local/sbin, /usr/local/bin, /usr/sbin, /usr/bin, /sbin, /bin]
    # visible, read-only
    system_dirs: [/usr, /bin, /sbin, /lib, /lib32, /lib64, /libx32]
    # visible, read-only; csc makes an /etc/hosts that knows localhost
    etc: [/etc/ld.so.cache, /etc/passwd, /etc/group, /etc/nsswitch.conf,
      /etc/localtime, /etc/alternatives, /etc/ssl/certs, /etc/ssl/openssl.cnf,
      /etc/ca-certificates, /etc/pki/tls/certs, /etc/pki/ca-trust/extracted,
      /etc/java-11-openjdk, /etc/java-17-openjdk, /etc/java-21-openjdk,
      /etc/java-25-openjdk]
    tmp_mb: 64             # size of /tmp, /var/tmp and /dev/shm, each
    memory_mb: 1024        # memory of all processes together
    processes: 100         # processes and threads
    cpu_sec: 300           # processor time of one process
    file_mb: 100           # largest file
    open_files: 1024       # open files of one process
    staged_mb: 1024        # all that a staged run changes
    timeout_sec: 86400     # longest deadline that a command may ask for
    unix_sockets: false    # true: commands reach what listens in their scopes
    landlock: best         # required: no run where the kernel lacks part of it
    exec: toolchain        # or strict: what allow_commands name, and no more
    exec_from_write_scopes: false  # true: commands run what they have built
    # below each write scope: kept as it is; told where it comes to be
    protected_paths: [.git/hooks, .git/config, .git/config.worktree,
      .git/commondir, .gitconfig, .config/git, .profile, .bashrc,
      .bash_profile, .bash_login, .bash_logout, .zshrc, .zshenv, .zprofile,
      .zlogin, .zlogout, .kshrc, .config/fish, .envrc, .ssh,
      .github/workflows, .gitlab-ci.yml, .circleci, .travis.yml, .drone.yml,
      .woodpecker.yml, .woodpecker, .buildkite, Jenkinsfile,
      azure-pipelines.yml, bitbucket-pipelines.yml, .npmrc, .yarnrc,
      .yarnrc.yml, .mcp.json, .vscode, .idea, .claude, .cursor]
    run_as: nobody         # root's commands: NAME, UID:GID or keep-root
  sandbox_profiles:        # no default; what one does not say, sandbox says
    big-build: { memory_mb: 4096, processes: 400 }
  sandbox_by_policy:       # no default; a policy's name: its sandbox profile
    ci-standard: big-build`;

/** What a configuration file may say. */
export const CONFIG: Topic = {
  name: "configuration",
  title: "Configuration",
  paragraphs: [
    "/etc/csc/config.yaml, then $XDG_CONFIG_HOME/csc/config.yaml or ~/.config/csc/config.yaml; with `--config`, that file in place of both. Never one from the working directory. A file must belong to root or to the caller, the first one to root, and nobody else may write it. Flags win over files. Unknown keys are refused. A LIST REPLACES THE DEFAULT LIST: to add to it, copy all of it. What stands here is the default, except for signing, trust_store, retention, sandbox_profiles and sandbox_by_policy, which have none. For others than root, state_dir is $XDG_STATE_HOME/csc or ~/.local/state/csc.",
    "The first file may also have `policies`, a list of SHA-256 or a mapping of names to them (`csc check` prints them): no other policy is accepted. And `locked`, a list of mode, state_dir, log, signing, sandbox, retention, config: nothing else than this file decides what is locked; sandbox stands for its profiles, too. With config, no other file is read.",
    SAMPLE,
    "A run gets the sandbox profile that `sandbox_by_policy` gives its policy, else `sandbox`. The receipt names it (`sandbox_profile_id`): default where nothing is configured, configured for `sandbox`, else the name. A policy's name is what its file says: where that must not be anybody's choice, pin `policies`.",
  ],
};

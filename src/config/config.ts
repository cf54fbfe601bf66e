/**
 * What a configuration file may say (design, "Configuration"): what the frozen
 * policy schema has no room for.
 *
 * Member names are those of the file.
 *
 * @module
 */

/** The key that receipts are signed with. */
export interface SigningConfig {
  /** Path of the private key file. */
  readonly key?: string;
  readonly key_id?: string;
}

/** What a hardened command gets beside its declared scopes. */
export interface SandboxConfig {
  /** Directories in which `argv[0]` is looked up, in order. */
  readonly path?: readonly string[];
  /** System directories that are visible, read-only. */
  readonly system_dirs?: readonly string[];
  /** Files and directories of /etc that are visible, read-only. */
  readonly etc?: readonly string[];
  /** Size of the private /tmp, MiB. */
  readonly tmp_mb?: number;
  /** Memory of all processes of a command together, MiB. */
  readonly memory_mb?: number;
  /** Processes and threads of a command. */
  readonly processes?: number;
  /** Processor time of one process, seconds. */
  readonly cpu_sec?: number;
  /** Largest file a command may write, MiB. */
  readonly file_mb?: number;
  /** Open files of one process. */
  readonly open_files?: number;
  /** Size of all that a staged run changes, MiB. */
  readonly staged_mb?: number;
  /** The longest deadline that a command may ask for, seconds. */
  readonly timeout_sec?: number;
  /** May AF_UNIX sockets be made? They reach what listens at a path in a scope. */
  readonly unix_sockets?: boolean;
  /** May a sandbox do with less of Landlock than there is, or with none? */
  readonly landlock?: "best" | "required";
  /** What can be executed: see the sandbox profile. */
  readonly exec?: "toolchain" | "strict";
  /** May what a command writes be executed? */
  readonly exec_from_write_scopes?: boolean;
  /** Below the root of each write scope: what stays as it is. */
  readonly protected_paths?: readonly string[];
  /** As whom commands run that root has started: NAME, UID:GID or keep-root. */
  readonly run_as?: string;
}

/** Which sandbox profile a run gets (design §0). */
export interface SandboxSettings {
  /** The one for every policy that is given no other. */
  readonly sandbox?: SandboxConfig;
  /** Others by name; what they do not say, `sandbox` says. */
  readonly sandbox_profiles?: Readonly<Record<string, SandboxConfig>>;
  /** Name of a policy to the name of one of them. */
  readonly sandbox_by_policy?: Readonly<Record<string, string>>;
}

/** What `csc prune` leaves of the records of runs; absent members: all. */
export interface RetentionConfig {
  /** Age from which a run's record goes, days. */
  readonly max_age_days?: number;
  /** Size of all records together, MiB; the oldest go first. */
  readonly max_mb?: number;
}

/** What several files and flags could decide. */
export interface Settings extends SandboxSettings {
  /** How commands run where no flag says it. */
  readonly mode?: "local" | "hardened";
  readonly state_dir?: string;
  readonly log?: "required" | "off";
  readonly signing?: SigningConfig;
  /** Directory of the public keys that verifying trusts: `ID.pub`. */
  readonly trust_store?: string;
  readonly retention?: RetentionConfig;
}

/** What a machine's file can keep everybody else from deciding. */
export const LOCKABLE = [
  "config",
  "mode",
  "state_dir",
  "log",
  "signing",
  "sandbox",
  "retention",
] as const;

/**
 * A setting by name; "config" stands for every other file, "sandbox" for all
 * sandbox profiles and who gets which.
 */
export type Lockable = typeof LOCKABLE[number];

/** One configuration file; every member is optional. */
export interface Config extends Settings {
  /**
   * SHA-256 of the only policies that are accepted (protocol §4,
   * policy_sha256); the names of a mapping are for people.
   */
  readonly policies?: readonly string[] | Readonly<Record<string, string>>;
  /** Settings that nothing but this file decides; the machine's file only. */
  readonly locked?: readonly Lockable[];
}

/** The policies that one file accepts. */
export interface AcceptedPolicies {
  /** Path of the file. */
  readonly source: string;
  /** Lower-case hex. */
  readonly digests: readonly string[];
}

/** What all files together say. */
export interface LoadedConfig extends Settings {
  /** A policy must be accepted by each; absent where no file names any. */
  readonly accepted?: readonly AcceptedPolicies[];
}

/** Where the machine's configuration is. */
export const SYSTEM_CONFIG = "/etc/csc/config.yaml";

/** What csc does where no file says anything. */
export const EMPTY_CONFIG: Config = Object.freeze({});

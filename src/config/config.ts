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
  /** May AF_UNIX sockets be made? They reach what listens at a path in a scope. */
  readonly unix_sockets?: boolean;
  /** As whom commands run that root has started: NAME, UID:GID or keep-root. */
  readonly run_as?: string;
}

/** One configuration file, or several merged; every member is optional. */
export interface Config {
  readonly state_dir?: string;
  readonly log?: "required" | "off";
  readonly signing?: SigningConfig;
  readonly sandbox?: SandboxConfig;
}

/** What csc does where no file says anything. */
export const EMPTY_CONFIG: Config = Object.freeze({});

/** Merges two configurations; what `above` says wins, member by member. */
export function mergeConfig(below: Config, above: Config): Config {
  return {
    ...below,
    ...above,
    ...(below.signing === undefined && above.signing === undefined
      ? {}
      : { signing: { ...below.signing, ...above.signing } }),
    ...(below.sandbox === undefined && above.sandbox === undefined
      ? {}
      : { sandbox: { ...below.sandbox, ...above.sandbox } }),
  };
}

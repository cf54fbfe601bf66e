/**
 * The sandbox profile: what every sandbox of this configuration looks like,
 * whatever the contract. Its digest is in each receipt, so runs compare
 * (design invariant 10).
 *
 * @module
 */
import { canonicalBytes } from "../core/canonical.ts";
import { sha256Hex } from "../core/digest.ts";
import type { JsonObject } from "../core/json.ts";

const MIB = 1024 * 1024;

/** The adjustable part; configuration may replace each member. */
export interface SandboxProfile {
  readonly name: string;
  /** Where argv[0] is looked up; the caller's PATH plays no part. */
  readonly path: readonly string[];
  /** Directories of the host that every command sees, read-only. */
  readonly systemDirs: readonly string[];
  /** Files and directories of /etc (or elsewhere) that programs need, read-only. */
  readonly etc: readonly string[];
  /** Size of the private /tmp and of /dev/shm, bytes each. */
  readonly tmpBytes: number;
  /** Memory of all processes of a command together, bytes. */
  readonly memoryBytes: number;
  readonly processes: number;
  /** CPU time of one process, seconds. */
  readonly cpuSec: number;
  /** Size of one file that a command writes, bytes. */
  readonly fileBytes: number;
  readonly openFiles: number;
  /** Size of all that a staged run changes, bytes. */
  readonly stagedBytes: number;
  /** The longest deadline that a command may ask for, seconds. */
  readonly timeoutSec: number;
  /**
   * AF_UNIX sockets may be made. They reach what listens at a path in a scope,
   * whatever the network namespace, so by default there are none.
   */
  readonly unixSockets: boolean;
  /**
   * What a kernel without all of Landlock's rights means: the wall as far as
   * it goes, or no run at all.
   */
  readonly landlock: LandlockDemand;
  /**
   * What can be executed. `toolchain`: the programs that contracts name, and
   * what lies in system directories and read scopes. `strict`: what the policy's
   * allow_commands name, its interpreters and loaders, and nothing else.
   */
  readonly exec: "toolchain" | "strict";
  /**
   * Files in write scopes and in private memory file systems can be executed.
   * Otherwise what a command has written cannot.
   */
  readonly execFromWriteScopes: boolean;
  /**
   * Below the root of each write scope, relative to it: what is there stays as
   * it is, and what comes to be is told.
   */
  readonly protectedPaths: readonly string[];
  /**
   * As whom commands run that root has started: a user's name, "UID:GID", or
   * "keep-root".
   */
  readonly runAs: string;
}

/** Whether a sandbox may have less of Landlock than csc knows of, or none. */
export type LandlockDemand = "best" | "required";

/** As whom root's commands run unless configured; it says nothing about others'. */
export const DEFAULT_RUN_AS = "nobody";

/** Says that a command of root's stays root (without any capability). */
export const KEEP_ROOT = "keep-root";

/** What a command gets when nothing is configured (protocol §7, hardened). */
export const DEFAULT_PROFILE: SandboxProfile = Object.freeze({
  name: "default",
  path: [
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
  ],
  systemDirs: [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
  ],
  etc: [
    "/etc/ld.so.cache",
    "/etc/passwd",
    "/etc/group",
    "/etc/nsswitch.conf",
    "/etc/localtime",
    "/etc/alternatives",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
    "/etc/ca-certificates",
    "/etc/pki/tls/certs",
    "/etc/pki/ca-trust/extracted",
    // Debian keeps a part of each Java there, and links to it from /usr/lib/jvm.
    "/etc/java-11-openjdk",
    "/etc/java-17-openjdk",
    "/etc/java-21-openjdk",
    "/etc/java-25-openjdk",
  ],
  tmpBytes: 64 * MIB,
  memoryBytes: 1024 * MIB,
  processes: 100,
  cpuSec: 300,
  fileBytes: 100 * MIB,
  openFiles: 1024,
  stagedBytes: 1024 * MIB,
  // What the protocol allows a contract to ask for (§1): policies say less.
  timeoutSec: 86_400,
  unixSockets: false,
  landlock: "best",
  exec: "toolchain",
  execFromWriteScopes: false,
  protectedPaths: [
    // What git executes, or takes its configuration from.
    ".git/hooks",
    ".git/config",
    ".git/config.worktree",
    ".git/commondir",
    ".gitconfig",
    ".config/git",
    // What shells read when they start.
    ".profile",
    ".bashrc",
    ".bash_profile",
    ".bash_login",
    ".bash_logout",
    ".zshrc",
    ".zshenv",
    ".zprofile",
    ".zlogin",
    ".zlogout",
    ".kshrc",
    ".config/fish",
    ".envrc",
    ".ssh",
    // What CI systems execute.
    ".github/workflows",
    ".gitlab-ci.yml",
    ".circleci",
    ".travis.yml",
    ".drone.yml",
    ".woodpecker.yml",
    ".woodpecker",
    ".buildkite",
    "Jenkinsfile",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    // What package managers, editors and agents obey.
    ".npmrc",
    ".yarnrc",
    ".yarnrc.yml",
    ".mcp.json",
    ".vscode",
    ".idea",
    ".claude",
    ".cursor",
  ],
  runAs: DEFAULT_RUN_AS,
});

/** The sandbox profile as data for the evidence; integers only. */
export function profileJson(profile: SandboxProfile): JsonObject {
  return {
    profile_version: "csc.sandbox-profile.v0.1",
    name: profile.name,
    path: profile.path,
    system_dirs: profile.systemDirs,
    etc: profile.etc,
    tmp_bytes: profile.tmpBytes,
    memory_bytes: profile.memoryBytes,
    processes: profile.processes,
    cpu_sec: profile.cpuSec,
    file_bytes: profile.fileBytes,
    open_files: profile.openFiles,
    staged_bytes: profile.stagedBytes,
    timeout_sec: profile.timeoutSec,
    unix_sockets: profile.unixSockets,
    landlock: profile.landlock,
    exec: profile.exec,
    exec_from_write_scopes: profile.execFromWriteScopes,
    protected_paths: profile.protectedPaths,
    run_as: profile.runAs,
    namespaces: ["user", "mnt", "pid", "net", "ipc", "uts", "cgroup"],
    network: "loopback",
  };
}

/** Lower-case hex digest of a sandbox profile. */
export function profileSha256(profile: SandboxProfile): Promise<string> {
  return sha256Hex(canonicalBytes(profileJson(profile)));
}

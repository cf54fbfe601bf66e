/**
 * The sandbox profile that a configuration asks for.
 *
 * @module
 */
import {
  DEFAULT_PROFILE,
  type SandboxProfile,
} from "../plan/sandbox_profile.ts";
import type { SandboxConfig, SandboxSettings } from "./config.ts";

const MIB = 1024 * 1024;

/**
 * The sandbox profile for runs under the policy of this name. Pure. That every
 * name leads somewhere has been checked (profile_names.ts).
 */
export function sandboxProfileFor(
  { sandbox = {}, sandbox_profiles, sandbox_by_policy }: SandboxSettings,
  policyName: string,
): SandboxProfile {
  if (
    sandbox_by_policy === undefined ||
    !Object.hasOwn(sandbox_by_policy, policyName)
  ) return sandboxProfile(sandbox);
  const name = sandbox_by_policy[policyName]!;
  return sandboxProfile({ ...sandbox, ...sandbox_profiles?.[name] }, name);
}

/** The default sandbox profile with what the configuration replaces. Pure. */
export function sandboxProfile(
  config: SandboxConfig,
  name?: string,
): SandboxProfile {
  if (name === undefined && Object.keys(config).length === 0) {
    return DEFAULT_PROFILE;
  }
  const or = (mib: number | undefined, bytes: number) =>
    mib === undefined ? bytes : mib * MIB;
  return Object.freeze({
    // Receipts of unlike profiles should not share a name, though the digest
    // tells them apart.
    name: name ?? "configured",
    path: config.path ?? DEFAULT_PROFILE.path,
    systemDirs: config.system_dirs ?? DEFAULT_PROFILE.systemDirs,
    etc: config.etc ?? DEFAULT_PROFILE.etc,
    tmpBytes: or(config.tmp_mb, DEFAULT_PROFILE.tmpBytes),
    memoryBytes: or(config.memory_mb, DEFAULT_PROFILE.memoryBytes),
    processes: config.processes ?? DEFAULT_PROFILE.processes,
    cpuSec: config.cpu_sec ?? DEFAULT_PROFILE.cpuSec,
    fileBytes: or(config.file_mb, DEFAULT_PROFILE.fileBytes),
    openFiles: config.open_files ?? DEFAULT_PROFILE.openFiles,
    stagedBytes: or(config.staged_mb, DEFAULT_PROFILE.stagedBytes),
    timeoutSec: config.timeout_sec ?? DEFAULT_PROFILE.timeoutSec,
    unixSockets: config.unix_sockets ?? DEFAULT_PROFILE.unixSockets,
    landlock: config.landlock ?? DEFAULT_PROFILE.landlock,
    exec: config.exec ?? DEFAULT_PROFILE.exec,
    execFromWriteScopes: config.exec_from_write_scopes ??
      DEFAULT_PROFILE.execFromWriteScopes,
    protectedPaths: config.protected_paths ?? DEFAULT_PROFILE.protectedPaths,
    runAs: config.run_as ?? DEFAULT_PROFILE.runAs,
  });
}

/**
 * The sandbox profile that a configuration asks for.
 *
 * @module
 */
import {
  DEFAULT_PROFILE,
  type SandboxProfile,
} from "../plan/sandbox_profile.ts";
import type { SandboxConfig } from "./config.ts";

const MIB = 1024 * 1024;

/** The default sandbox profile with what the configuration replaces. Pure. */
export function sandboxProfile(config: SandboxConfig): SandboxProfile {
  if (Object.keys(config).length === 0) return DEFAULT_PROFILE;
  const or = (mib: number | undefined, bytes: number) =>
    mib === undefined ? bytes : mib * MIB;
  return Object.freeze({
    // Receipts of unlike profiles should not share a name, though the digest
    // tells them apart.
    name: "configured",
    path: config.path ?? DEFAULT_PROFILE.path,
    systemDirs: config.system_dirs ?? DEFAULT_PROFILE.systemDirs,
    etc: config.etc ?? DEFAULT_PROFILE.etc,
    tmpBytes: or(config.tmp_mb, DEFAULT_PROFILE.tmpBytes),
    memoryBytes: or(config.memory_mb, DEFAULT_PROFILE.memoryBytes),
    processes: config.processes ?? DEFAULT_PROFILE.processes,
    cpuSec: config.cpu_sec ?? DEFAULT_PROFILE.cpuSec,
    fileBytes: or(config.file_mb, DEFAULT_PROFILE.fileBytes),
    openFiles: config.open_files ?? DEFAULT_PROFILE.openFiles,
    unixSockets: config.unix_sockets ?? DEFAULT_PROFILE.unixSockets,
    runAs: config.run_as ?? DEFAULT_PROFILE.runAs,
  });
}

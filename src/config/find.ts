/**
 * Which configuration files there are (design invariant 7: never one from the
 * workspace, and never one that another user could have written).
 *
 * @module
 */
import { causeText, CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import { type Config, type LoadedConfig, SYSTEM_CONFIG } from "./config.ts";
import type { ConfigFile, Flags } from "./locks.ts";
import { trustProblems } from "./trust.ts";

/** Largest file that is read, bytes. */
export const MAX_CONFIG_BYTES = 256 * 1024;

/** What finding depends on. */
export interface ConfigSources {
  /** `--config F`: then the user's file does not count. */
  readonly named: string | undefined;
  /** Numeric user id of the caller. */
  readonly uid: number;
  /** Looks up an environment variable. */
  readonly env: (name: string) => string | undefined;
  /** What the command line says: it may not override what is locked. */
  readonly flags: Flags;
  /** The machine's file and its owner; tests name others. */
  readonly system?: { readonly path: string; readonly owner: number };
}

const ROOT = 0;

/** A configuration file as it was read. */
export interface ReadConfig extends ConfigFile {
  readonly bytes: Uint8Array;
}

/** The files that count for one call. */
export interface ConfigFiles {
  readonly machine: ReadConfig | null;
  /** The user's, or the one that was named. */
  readonly own: ReadConfig | null;
}

/**
 * Reads and merges the files there are: the machine's, then the user's, or only
 * the one that was named. What the machine's file locks, and which policies it
 * accepts, holds in any case.
 *
 * @throws CscError CONFIG_INVALID for a file that may not be trusted or is not
 * a configuration, INPUT_UNREADABLE for one that cannot be read, CONFIG_LOCKED
 * where a flag or another file would decide what is locked.
 */
export async function loadConfig(
  sources: ConfigSources,
): Promise<LoadedConfig> {
  const files = await readConfigFiles(sources);
  const named = sources.named !== undefined;
  const config = await mergeFiles(files, named, systemOf(sources).path);
  if (config.sandbox_by_policy !== undefined) {
    (await import("./profile_names.ts")).refuseUnknownProfiles(config);
  }
  return config;
}

/** Where the machine's file is, and whose it must be. */
export function systemOf({ system }: Pick<ConfigSources, "system">) {
  return system ?? { path: SYSTEM_CONFIG, owner: ROOT };
}

/** Reads the files that count; throws as `loadConfig` does. */
export async function readConfigFiles(
  sources: ConfigSources,
): Promise<ConfigFiles> {
  const { named, uid, flags } = sources;
  const { path, owner } = systemOf(sources);
  const machine = await readFile(path, [owner], true);
  const locked = machine?.config.locked ?? [];
  if (machine !== null && locked.length > 0) {
    (await import("./locks.ts")).refuseFlags(machine, flags);
  }
  const ownPath = named ??
    (locked.includes("config") ? null : userPath(sources));
  const own = ownPath === null ? null : await readFile(ownPath, [uid, ROOT]);
  if (named !== undefined && own === null) {
    throw unreadable(named, "it does not exist");
  }
  return { machine, own };
}

/** What the files together say. Throws CONFIG_LOCKED and CONFIG_INVALID. */
export async function mergeFiles(
  { machine, own }: Readonly<Record<keyof ConfigFiles, ConfigFile | null>>,
  named: boolean,
  system: string,
): Promise<LoadedConfig> {
  const files = [machine, own].filter((file) => file !== null);
  if (files.some(({ config }) => config.policies ?? config.locked)) {
    return await underLocks(machine, own, named, system);
  }
  if (machine === null || named) return own?.config ?? {};
  if (own === null) return machine.config;
  const { mergeConfig } = await import("./merge.ts");
  return mergeConfig(machine.config, own.config);
}

async function underLocks(
  machine: ConfigFile | null,
  own: ConfigFile | null,
  named: boolean,
  system: string,
): Promise<LoadedConfig> {
  const { refuseSettings, lockedSettings, acceptedPolicies } = await import(
    "./locks.ts"
  );
  const { mergeConfig } = await import("./merge.ts");
  if (own !== null) refuseSettings(machine, own, system);
  const kept = machine === null
    ? {}
    : named
    ? lockedSettings(machine)
    : machine.config;
  const files = [machine, own].filter((file) => file !== null);
  const { policies: _, locked: __, ...settings }: Config = mergeConfig(
    kept,
    own?.config ?? {},
  );
  const accepted = acceptedPolicies(files);
  return accepted.length > 0 ? { ...settings, accepted } : settings;
}

/** Where the user's file would be; null where the environment says nothing. */
export function userPath(
  { env }: Pick<ConfigSources, "env">,
): string | null {
  const xdg = env("XDG_CONFIG_HOME");
  if (xdg?.startsWith("/")) return `${xdg}/csc/config.yaml`;
  const home = env("HOME");
  return home?.startsWith("/") ? `${home}/.config/csc/config.yaml` : null;
}

/** A file that may be trusted, parsed; null if there is none. */
async function readFile(
  path: string,
  owners: readonly number[],
  directoryToo = false,
): Promise<ReadConfig | null> {
  const bytes = readConfigBytes(path, { owners, directoryToo }, (problem) => {
    throw problem;
  });
  return bytes === null
    ? null
    : { path, bytes, config: await parse(bytes, path) };
}

/** YAML and its checks are loaded only where there is a file: most have none. */
async function parse(bytes: Uint8Array, source: string): Promise<Config> {
  const { parseConfig } = await import("./parse.ts");
  return parseConfig(bytes, source, MAX_CONFIG_BYTES);
}

/** Who may have written a file, and whether its directory is asked, too. */
export interface Trusted {
  readonly owners: readonly number[];
  readonly directoryToo: boolean;
}

/**
 * A configuration file's bytes, one byte more than allowed at most; null if
 * there is none.
 *
 * @param found Called for each reason not to believe the file (CONFIG_INVALID).
 * @throws CscError INPUT_UNREADABLE, and what `found` throws.
 */
export function readConfigBytes(
  path: string,
  { owners, directoryToo }: Trusted,
  found: (problem: CscError) => void,
): Uint8Array | null {
  const look = (what: string, info: Deno.FileInfo) => {
    for (const { message, hint } of trustProblems(info, owners)) {
      const text = `trust configuration ${quote(what)}: ${message}`;
      found(new CscError("CONFIG_INVALID", text, { hint }));
    }
  };
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    if (error instanceof Deno.errors.NotADirectory) return null;
    throw unreadable(path, causeText(error), error);
  }
  try {
    const info = file.statSync();
    if (!info.isFile) throw unreadable(path, "it is not a regular file");
    look(path, info);
    if (directoryToo) {
      const directory = path.slice(0, path.lastIndexOf("/"));
      look(directory, Deno.statSync(directory));
    }
    const bytes = new Uint8Array(MAX_CONFIG_BYTES + 1);
    let length = 0;
    while (length < bytes.length) {
      const count = file.readSync(bytes.subarray(length));
      if (count === null) break;
      length += count;
    }
    return bytes.subarray(0, length);
  } finally {
    file.close();
  }
}

function unreadable(path: string, why: string, cause?: unknown): CscError {
  return new CscError(
    "INPUT_UNREADABLE",
    `read configuration ${quote(path)}: ${why}`,
    {
      hint: "It must be a regular file that the user who runs csc can read.",
      cause,
    },
  );
}

/**
 * Which configuration files there are (design invariant 7: never one from the
 * workspace, and never one that another user could have written).
 *
 * @module
 */
import { causeText, CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import { type Config, EMPTY_CONFIG, mergeConfig } from "./config.ts";

/** Where the machine's configuration is. */
export const SYSTEM_CONFIG = "/etc/csc/config.yaml";

/** Largest file that is read, bytes. */
const MAX_CONFIG_BYTES = 256 * 1024;

/** What finding depends on. */
export interface ConfigSources {
  /** `--config F`: then no other file counts. */
  readonly named: string | undefined;
  /** Numeric user id of the caller. */
  readonly uid: number;
  /** Looks up an environment variable. */
  readonly env: (name: string) => string | undefined;
  /** The machine's file; tests name another one. */
  readonly system?: string;
}

const OTHERS_MAY_WRITE = 0o022;

/**
 * Reads and merges the files there are: the machine's, then the user's, or only
 * the one that was named.
 *
 * @throws CscError CONFIG_INVALID for a file that may not be trusted or is not
 * a configuration, INPUT_UNREADABLE for one that cannot be read.
 */
export async function loadConfig(sources: ConfigSources): Promise<Config> {
  if (sources.named !== undefined) {
    const bytes = readTrusted(sources.named, sources.uid);
    if (bytes === null) throw unreadable(sources.named, "it does not exist");
    return await parse(bytes, sources.named);
  }
  let config = EMPTY_CONFIG;
  for (const path of standardPaths(sources)) {
    const bytes = readTrusted(path, sources.uid);
    if (bytes !== null) config = mergeConfig(config, await parse(bytes, path));
  }
  return config;
}

function standardPaths(sources: ConfigSources): string[] {
  const paths = [sources.system ?? SYSTEM_CONFIG];
  const xdg = sources.env("XDG_CONFIG_HOME");
  const home = sources.env("HOME");
  if (xdg?.startsWith("/")) paths.push(`${xdg}/csc/config.yaml`);
  else if (home?.startsWith("/")) paths.push(`${home}/.config/csc/config.yaml`);
  return paths;
}

/** YAML and its checks are loaded only where there is a file: most have none. */
async function parse(bytes: Uint8Array, source: string): Promise<Config> {
  const { parseConfig } = await import("./parse.ts");
  return parseConfig(bytes, source, MAX_CONFIG_BYTES);
}

/** The file's bytes; null if there is none. */
function readTrusted(path: string, uid: number): Uint8Array | null {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    if (error instanceof Deno.errors.NotADirectory) return null;
    throw unreadable(path, causeText(error), error);
  }
  try {
    checkTrust(path, file.statSync(), uid);
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

/** A file that somebody else may write decides nothing here. */
function checkTrust(path: string, info: Deno.FileInfo, uid: number): void {
  if (!info.isFile) throw unreadable(path, "it is not a regular file");
  if (info.uid !== uid && info.uid !== 0) {
    throw new CscError(
      "CONFIG_INVALID",
      `trust configuration ${quote(path)}: it belongs to user ${info.uid}`,
      { hint: "It must belong to root or to the user who runs csc." },
    );
  }
  if (((info.mode ?? 0) & OTHERS_MAY_WRITE) !== 0) {
    throw new CscError(
      "CONFIG_INVALID",
      `trust configuration ${quote(path)}: its group or everybody may write it`,
      { hint: `Run "chmod go-w" on it, after a look at what it says.` },
    );
  }
}

function unreadable(path: string, why: string, cause?: unknown): CscError {
  return new CscError(
    "INPUT_UNREADABLE",
    `read configuration ${quote(path)}: ${why}`,
    { cause },
  );
}

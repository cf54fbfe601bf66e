/**
 * Where a setup goes: the directories of configuration, keys, trusted keys and
 * policies.
 *
 * @module
 */
import { type Config, SYSTEM_CONFIG } from "../../config/config.ts";
import { readConfigBytes, userPath } from "../../config/find.ts";
import { MAX_CONFIG_BYTES } from "../../config/find.ts";
import { trustProblems } from "../../config/trust.ts";
import { causeText, CscError } from "../../core/errors.ts";
import { quote } from "../../core/text.ts";
import { createFile } from "../new_file.ts";

/** The setup of a user, or of the machine. */
export interface Place {
  /** Absolute path of the directory that holds all of it. */
  readonly base: string;
  readonly config: string;
  /** Whether it is the machine's. */
  readonly system: boolean;
  /** Numeric id of the user who sets up. */
  readonly uid: number;
}

/** What choosing a place depends on. */
export interface PlaceSources {
  readonly system: boolean;
  readonly uid: number;
  readonly env: (name: string) => string | undefined;
}

const ROOT = 0;
/** What everybody may look into, and what only its owner may. */
const OPEN = 0o755;
const PRIVATE = 0o700;

/** Chooses the place; throws SETUP_FAILED where there can be none. */
export function placeFor({ system, uid, env }: PlaceSources): Place {
  if (system && uid !== ROOT) {
    throw new CscError(
      "SETUP_FAILED",
      `set up ${quote(parentOf(SYSTEM_CONFIG))}: only root may`,
      {
        hint: 'Call "csc init --system" as root, or leave out "--system" to ' +
          "set up csc for yourself.",
      },
    );
  }
  const config = system ? SYSTEM_CONFIG : userPath({ env });
  if (config === null) {
    throw new CscError(
      "SETUP_FAILED",
      "find a place for the configuration: neither XDG_CONFIG_HOME nor HOME " +
        "names one",
      { hint: "Set HOME, or XDG_CONFIG_HOME to an absolute path." },
    );
  }
  return { base: parentOf(config), config, system, uid };
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** A path with its links followed, as far as it exists. */
export function resolved(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw failed(path, error);
    const parent = parentOf(path);
    return `${parent === "" ? "" : resolved(parent)}${
      path.slice(parent.length)
    }`;
  }
}

/** Refuses directories in which somebody else could exchange what is put there. */
export function refuseUntrusted(
  { base, uid }: Place,
  directories: readonly string[],
): void {
  for (const path of [base, ...directories]) {
    const info = statOrNull(path);
    if (info === null) continue;
    const [problem] = info.isDirectory
      ? trustProblems(info, [uid, ROOT])
      : [{ message: "it is no directory", hint: "Move it out of the way." }];
    if (problem === undefined) continue;
    const { message, hint } = problem;
    throw new CscError("SETUP_FAILED", `set up ${quote(path)}: ${message}`, {
      hint,
    });
  }
}

function statOrNull(path: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw failed(path, error);
  }
}

/** The configuration that is there already, checked; null where none is. */
export async function existingConfig(
  { config, uid, system }: Place,
): Promise<Config | null> {
  const trusted = {
    owners: system ? [ROOT] : [uid, ROOT],
    directoryToo: system,
  };
  const bytes = readConfigBytes(config, trusted, (problem) => {
    throw problem;
  });
  if (bytes === null) return null;
  const { parseConfig } = await import("../../config/parse.ts");
  return parseConfig(bytes, config, MAX_CONFIG_BYTES);
}

/** One file of a setup. */
export interface SetupFile {
  /** For a person: "configuration". */
  readonly what: string;
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

/**
 * Makes a file and the directory that it lies in; false where it exists, which
 * is then left as it is. Throws SETUP_FAILED.
 */
export function makeFile(place: Place, file: SetupFile): boolean {
  const { path, text, mode } = file;
  try {
    makeDirectory(place, parentOf(path), (mode & 0o077) === 0);
    createFile(path, new TextEncoder().encode(text), mode);
    // Whatever the umask: others read the machine's files.
    Deno.chmodSync(path, mode);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw failed(path, error);
  }
}

function makeDirectory(place: Place, path: string, secret: boolean): void {
  if (statOrNull(path) !== null) return;
  if (path !== place.base) makeDirectory(place, place.base, false);
  const mode = place.system && !secret ? OPEN : PRIVATE;
  Deno.mkdirSync(path, { recursive: true, mode });
  Deno.chmodSync(path, mode);
}

function failed(path: string, error: unknown): CscError {
  const why = error instanceof Deno.errors.PermissionDenied
    ? "permission denied"
    : causeText(error);
  return new CscError("SETUP_FAILED", `set up ${quote(path)}: ${why}`, {
    hint: "Correct what is there, then call csc init again: it goes on where " +
      "it stopped.",
    cause: error,
  });
}

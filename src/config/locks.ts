/**
 * What only the machine's configuration decides: the settings that it locks,
 * and which policies are accepted (design §0). Loaded only where a file says
 * anything of the kind.
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import type { AcceptedPolicies, Config, Lockable, Settings } from "./config.ts";

/** A configuration file that was read. */
export interface ConfigFile {
  readonly path: string;
  readonly config: Config;
}

/** The part of a command line that configuration has a say in. */
export interface Flags {
  readonly options: ReadonlyMap<string, string>;
  readonly switches: ReadonlySet<string>;
}

/** A flag, the setting that it decides, and what it would have to say. */
const OVERRIDES: readonly (readonly [
  flag: string,
  setting: Lockable,
  same: (config: Config) => string | undefined,
])[] = [
  ["--config", "config", () => undefined],
  ["--mode", "mode", ({ mode }) => mode],
  ["--state-dir", "state_dir", (config) => config.state_dir],
  ["--no-log", "log", ({ log }) => log === "off" ? "" : undefined],
  ["--signing-key", "signing", ({ signing }) => signing?.key],
  ["--key-id", "signing", ({ signing }) => signing?.key_id],
];

/**
 * No flag may say something else than a locked setting. Throws CONFIG_LOCKED,
 * or CONFIG_INVALID for a file that locks what it does not set.
 */
export function refuseFlags(machine: ConfigFile, flags: Flags): void {
  const { path, config } = machine;
  const [unset] = unsetLocks(machine);
  if (unset !== undefined) throw unset;
  for (const [flag, setting, same] of OVERRIDES) {
    const given = flags.options.get(flag) ??
      (flags.switches.has(flag) ? "" : undefined);
    if (given === undefined || given === same(config)) continue;
    if (!config.locked?.includes(setting)) continue;
    throw locked(`use flag ${quote(flag)}`, setting, path, "Leave it out");
  }
}

/** CONFIG_INVALID for each setting that a file locks and does not set. */
export function unsetLocks({ path, config }: ConfigFile): CscError[] {
  return (config.locked ?? []).filter((name) => !isSet(name, config)).map(
    (name) => {
      const where = "/locked";
      const message = `${quote(name)} is locked, but this file does not set it`;
      return new CscError(
        "CONFIG_INVALID",
        `read configuration ${quote(path)}: ${where}: ${message}`,
        {
          hint: `Set all of ${quote(name)} in the file, or unlock it.`,
          details: [{ where, message }],
        },
      );
    },
  );
}

function isSet(name: Lockable, config: Config): boolean {
  if (name === "config") return true;
  // Half a key would leave the other half to whoever calls.
  if (name === "signing") {
    return config.signing?.key !== undefined &&
      config.signing.key_id !== undefined;
  }
  return membersOf(name).some((member) => config[member] !== undefined);
}

/** What a lock covers: with the sandbox, which of them a policy gets. */
export function membersOf(name: Lockable): readonly (keyof Config)[] {
  if (name === "config") return [];
  return name === "sandbox"
    ? ["sandbox", "sandbox_profiles", "sandbox_by_policy"]
    : [name];
}

/**
 * No other file may set what is locked, nor lock anything itself. Throws
 * CONFIG_LOCKED or CONFIG_INVALID.
 */
export function refuseSettings(
  machine: ConfigFile | null,
  own: ConfigFile,
  system: string,
): void {
  const [refused] = refusedSettings(machine, own, system);
  if (refused !== undefined) throw refused;
}

/** All errors of `refuseSettings`. */
export function refusedSettings(
  machine: ConfigFile | null,
  { path, config }: ConfigFile,
  system: string,
): CscError[] {
  const errors: CscError[] = [];
  if (config.locked !== undefined) {
    const where = "/locked";
    const message = `only ${quote(system)} can lock settings`;
    const text = `read configuration ${quote(path)}: ${where}: ${message}`;
    const hint = "Remove it from this file.";
    const details = [{ where, message }];
    errors.push(new CscError("CONFIG_INVALID", text, { hint, details }));
  }
  for (const name of machine?.config.locked ?? []) {
    for (const member of membersOf(name)) {
      if (config[member] === undefined) continue;
      errors.push(locked(
        `read configuration ${quote(path)}: use /${member}`,
        name,
        machine?.path ?? system,
        "Remove it from this file",
        `/${member}`,
      ));
    }
  }
  return errors;
}

/** What a file that was named with --config must leave as it is. */
export function lockedSettings({ config }: ConfigFile): Settings {
  const kept: readonly string[] = (config.locked ?? []).flatMap(membersOf);
  return Object.fromEntries(
    Object.entries(config).filter(([name]) => kept.includes(name)),
  );
}

/** The policies that each file accepts, for every file that names any. */
export function acceptedPolicies(
  files: readonly ConfigFile[],
): AcceptedPolicies[] {
  return files.flatMap(({ path, config: { policies } }) =>
    policies === undefined ? [] : [{
      source: path,
      digests: Object.values(policies).map((one) => one.toLowerCase()),
    }]
  );
}

function locked(
  what: string,
  setting: Lockable,
  path: string,
  step: string,
  where?: string,
): CscError {
  const message = `${quote(path)} locks ${quote(setting)}`;
  return new CscError("CONFIG_LOCKED", `${what}: ${message}`, {
    hint: `${step}, or have the machine's administrator change that file.`,
    details: where === undefined ? [] : [{ where, message }],
  });
}

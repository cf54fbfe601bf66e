/**
 * Every setting that counts for a call, and where it comes from: a flag, a line
 * of a file, or csc itself. For `csc config show`.
 *
 * @module
 */
import { fromUtf8Strict } from "../core/bytes.ts";
import type { JsonValue } from "../core/json.ts";
import { DEFAULT_PROFILE } from "../plan/sandbox_profile.ts";
import { yamlLines } from "../protocol/yaml_lines.ts";
import type {
  Config,
  LoadedConfig,
  Lockable,
  SandboxConfig,
} from "./config.ts";
import {
  type ConfigSources,
  loadConfig,
  type ReadConfig,
  readConfigFiles,
} from "./find.ts";
import { membersOf } from "./locks.ts";

/** Where a setting comes from. */
export type Origin =
  | { readonly kind: "default" }
  | { readonly kind: "flag"; readonly flag: string }
  | {
    readonly kind: "file";
    readonly path: string;
    /** From 1. */
    readonly line: number;
  };

/** One setting. */
export interface EffectiveSetting {
  /** Names of the members that lead to it: `["sandbox", "memory_mb"]`. */
  readonly path: readonly string[];
  /** Null where nothing is set and there is no default. */
  readonly value: JsonValue;
  /** Several where several files have a say: the policies that are accepted. */
  readonly origins: readonly Origin[];
  /** The machine's file alone decides it. */
  readonly locked: boolean;
}

/** All of it, and the files that were read. */
export interface EffectiveConfig {
  readonly files: readonly string[];
  readonly settings: readonly EffectiveSetting[];
}

/** What csc does on its own, as far as that depends on who calls. */
export interface OwnDefaults {
  /** Null where the environment names no place. */
  readonly stateDir: string | null;
}

/** Flags that decide a setting, with what they say. */
const FLAGS: Readonly<Record<string, string>> = {
  "mode": "--mode",
  "state_dir": "--state-dir",
  "log": "--no-log",
  "signing/key": "--signing-key",
  "signing/key_id": "--key-id",
};

const MIB = 1024 * 1024;

const DEFAULT: Origin = { kind: "default" };

/** Finds out about every setting; throws as `loadConfig` does. */
export async function effectiveConfig(
  sources: ConfigSources,
  defaults: OwnDefaults,
): Promise<EffectiveConfig> {
  const config = await loadConfig(sources);
  const { machine, own } = await readConfigFiles(sources);
  const locked = machine?.config.locked ?? [];
  // The later file wins, member by member.
  const files = [own, machine].filter((file) => file !== null).map(located);
  const named = sources.named !== undefined;
  const settings = leaves(config, defaults).map(
    ([path, value]): EffectiveSetting => {
      const flagged = fromFlag(path, sources);
      const isLocked = locked.some((name) => covers(name, path));
      if (flagged !== null) {
        return { path, ...flagged, locked: isLocked };
      }
      // A file that was named stands for all that is not locked.
      const asked = named && !isLocked
        ? files.filter((file) => file.path === own?.path)
        : files;
      const origin = asked.map((file) => originIn(file, path))
        .find((one) => one !== null) ?? DEFAULT;
      return { path, value, origins: [origin], locked: isLocked };
    },
  );
  return {
    files: files.map(({ path }) => path).reverse(),
    settings: [...settings, ...acceptedSetting(config, files)],
  };
}

/** A file with the lines of its members. */
interface Located extends ReadConfig {
  readonly lines: ReadonlyMap<string, number>;
}

function located(file: ReadConfig): Located {
  // A file of nothing but comments has no members.
  const lines: ReadonlyMap<string, number> =
    Object.keys(file.config).length === 0
      ? new Map()
      : yamlLines(fromUtf8Strict(file.bytes) ?? "");
  return { ...file, lines };
}

function originIn(
  { path: source, lines }: Located,
  path: readonly string[],
): Origin | null {
  const line = lines.get(`/${path.join("/")}`);
  return line === undefined ? null : { kind: "file", path: source, line };
}

function fromFlag(
  path: readonly string[],
  { flags }: ConfigSources,
): Pick<EffectiveSetting, "value" | "origins"> | null {
  const flag = FLAGS[path.join("/")];
  if (flag === undefined) return null;
  const value = flags.switches.has(flag) ? "off" : flags.options.get(flag);
  return value === undefined
    ? null
    : { value, origins: [{ kind: "flag", flag }] };
}

function covers(name: Lockable, [first]: readonly string[]): boolean {
  return (membersOf(name) as readonly string[]).includes(first ?? "");
}

/** The default sandbox profile as a configuration would say it. */
function defaultSandbox(): Required<SandboxConfig> {
  const profile = DEFAULT_PROFILE;
  return {
    path: profile.path,
    system_dirs: profile.systemDirs,
    etc: profile.etc,
    tmp_mb: profile.tmpBytes / MIB,
    memory_mb: profile.memoryBytes / MIB,
    processes: profile.processes,
    cpu_sec: profile.cpuSec,
    file_mb: profile.fileBytes / MIB,
    open_files: profile.openFiles,
    staged_mb: profile.stagedBytes / MIB,
    timeout_sec: profile.timeoutSec,
    unix_sockets: profile.unixSockets,
    landlock: profile.landlock,
    exec: profile.exec,
    exec_from_write_scopes: profile.execFromWriteScopes,
    protected_paths: profile.protectedPaths,
    run_as: profile.runAs,
  };
}

type Leaf = readonly [path: readonly string[], value: JsonValue];

function leaves(config: LoadedConfig, { stateDir }: OwnDefaults): Leaf[] {
  const { signing = {}, sandbox = {} } = config;
  return [
    [["mode"], config.mode ?? "local"],
    [["state_dir"], config.state_dir ?? stateDir],
    [["log"], config.log ?? "required"],
    [["signing", "key"], signing.key ?? null],
    [["signing", "key_id"], signing.key_id ?? null],
    [["trust_store"], config.trust_store ?? null],
    [["retention", "max_age_days"], config.retention?.max_age_days ?? null],
    [["retention", "max_mb"], config.retention?.max_mb ?? null],
    ...members(["sandbox"], { ...defaultSandbox(), ...sandbox }),
    ...Object.entries(config.sandbox_profiles ?? {}).flatMap(([name, one]) =>
      members(["sandbox_profiles", name], one)
    ),
    ...members(["sandbox_by_policy"], config.sandbox_by_policy ?? {}),
  ];
}

function members(path: readonly string[], values: object): Leaf[] {
  return Object.entries(values).map(([name, value]) => [
    [...path, name],
    value as JsonValue,
  ]);
}

/** A policy must be accepted by every file that accepts any. */
function acceptedSetting(
  { accepted }: LoadedConfig,
  files: readonly Located[],
): EffectiveSetting[] {
  if (accepted === undefined) return [];
  const [first, ...others] = accepted;
  const value = (first?.digests ?? []).filter((digest) =>
    others.every(({ digests }) => digests.includes(digest))
  );
  const path: readonly (keyof Config)[] = ["policies"];
  const origins = files.map((file) => originIn(file, path))
    .filter((one) => one !== null);
  // Nothing that another file says can add to it.
  return [{ path, value, origins, locked: true }];
}

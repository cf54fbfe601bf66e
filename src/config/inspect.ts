/**
 * Everything that is wrong with the configuration, all at once, for
 * `csc config check`: `loadConfig` stops at the first.
 *
 * @module
 */
import { fromUtf8Strict } from "../core/bytes.ts";
import { type CscError, isCscError } from "../core/errors.ts";
import { parseYamlStrict } from "../protocol/policy_file.ts";
import { yamlLines } from "../protocol/yaml_lines.ts";
import { type ConfigDetail, configFindings } from "./check.ts";
import type { Config } from "./config.ts";
import {
  MAX_CONFIG_BYTES,
  mergeFiles,
  readConfigBytes,
  systemOf,
  type Trusted,
  userPath,
} from "./find.ts";
import type { ConfigSources } from "./find.ts";
import { type ConfigFile, refusedSettings, unsetLocks } from "./locks.ts";
import { isBlank } from "./parse.ts";
import { unknownProfiles } from "./profile_names.ts";

/** One thing that is wrong. */
export interface ConfigFinding {
  /** Line of the file, from 1; null for what is wrong with the file itself. */
  readonly line: number | null;
  /** Path of the member, "" for the file. */
  readonly where: string;
  readonly message: string;
  readonly hint: string;
}

/** One file and what is wrong with it. */
export interface ConfigReport {
  readonly path: string;
  /** Whose it is: the machine's, the user's, or one that was named. */
  readonly role: "machine" | "user" | "named";
  readonly exists: boolean;
  readonly findings: readonly ConfigFinding[];
}

/** A file while it is looked at. */
interface Looked {
  readonly path: string;
  readonly role: ConfigReport["role"];
  readonly exists: boolean;
  /** What it says; null where it could not be read. */
  readonly config: Config | null;
  /** Each member is what it must be. */
  readonly valid: boolean;
  readonly lines: ReadonlyMap<string, number>;
  readonly findings: ConfigFinding[];
}

const SEE_HELP = 'See "csc help configuration".';

/** What inspecting depends on. */
export type InspectSources = Pick<ConfigSources, "uid" | "env" | "system">;

/** A file that is not read from its path. */
export interface GivenFile {
  readonly path: string;
  /** Its bytes; absent where the path is to be read. */
  readonly bytes?: Uint8Array;
}

/**
 * Looks at the machine's file and at the user's, or at the one that is given as
 * `--config` would take it.
 */
export async function inspectConfig(
  sources: InspectSources,
  given?: GivenFile,
): Promise<ConfigReport[]> {
  const { uid } = sources;
  const { path: system, owner } = systemOf(sources);
  const machine = look({ path: system }, "machine", {
    owners: [owner],
    directoryToo: true,
  });
  const trusted = { owners: [uid, 0], directoryToo: false };
  const path = given === undefined ? userPath(sources) : given.path;
  const own = path === null || path === system
    ? null
    : given === undefined
    ? look({ path }, "user", trusted)
    : look(given, "named", trusted);
  const root = fileOf(machine);
  if (root !== null) add(machine, unsetLocks(root));
  await lookTogether(machine, own, system);
  const asked = own === null ? [machine] : [machine, own];
  return asked
    // Nobody asked about the machine's file, and it is fine.
    .filter(({ role, findings }) =>
      own?.role !== "named" || role === "named" || findings.length > 0
    )
    .map(({ path, role, exists, findings }) => ({
      path,
      role,
      exists,
      findings,
    }));
}

/** What one file alone says. */
function look(
  { path, bytes: givenBytes }: GivenFile,
  role: Looked["role"],
  trusted: Trusted,
): Looked {
  const findings: ConfigFinding[] = [];
  const nothing = {
    path,
    role,
    config: null,
    valid: false,
    lines: new Map(),
    findings,
  };
  const report = (error: CscError) => findings.push(ofFile(error));
  try {
    const bytes = givenBytes ?? readConfigBytes(path, trusted, report);
    if (bytes === null) {
      if (role === "named") {
        const hint = "Correct the path.";
        findings.push({
          line: null,
          where: "",
          message: "it is not there",
          hint,
        });
      }
      return { ...nothing, exists: false };
    }
    if (isBlank(bytes)) {
      return { ...nothing, exists: true, config: {}, valid: true };
    }
    const value = parseYamlStrict(bytes, {
      source: path,
      what: "configuration",
      maxBytes: MAX_CONFIG_BYTES,
    });
    const lines = yamlLines(fromUtf8Strict(bytes) ?? "");
    const details = configFindings(value);
    findings.push(
      ...details.map((detail) => ofMember(detail, lines, SEE_HELP)),
    );
    const config = value as unknown as Config;
    const valid = details.length === 0;
    return { ...nothing, exists: true, config, valid, lines };
  } catch (error) {
    if (!isCscError(error)) throw error;
    report(error);
    return { ...nothing, exists: true };
  }
}

/** What two files say together: locks, names that lead nowhere. */
async function lookTogether(
  machine: Looked,
  own: Looked | null,
  system: string,
): Promise<void> {
  const files = {
    machine: fileOf(machine),
    own: own === null ? null : fileOf(own),
  };
  if (own !== null && own.config !== null) {
    // Of what must not be there nobody needs to know whether it is well said.
    const said = { path: own.path, config: own.config };
    add(own, refusedSettings(files.machine, said, system));
  }
  if (machine.findings.length > 0 || (own?.findings.length ?? 0) > 0) return;
  const settings = await mergeFiles(files, own?.role === "named", system);
  for (const detail of unknownProfiles(settings)) {
    const file = own?.lines.has(detail.where) ? own : machine;
    const hint = "Define it, or correct the name.";
    file.findings.push(ofMember(detail, file.lines, hint));
  }
}

function fileOf({ path, config, valid }: Looked): ConfigFile | null {
  return config === null || !valid ? null : { path, config };
}

function add(file: Looked, errors: readonly CscError[]): void {
  for (const { details, hint = SEE_HELP } of errors) {
    for (const detail of details) {
      file.findings.push(ofMember(detail, file.lines, hint));
    }
  }
}

/** The line of a member, or of the nearest thing around it. */
function ofMember(
  { where, at, message }: ConfigDetail,
  lines: ReadonlyMap<string, number>,
  hint: string,
): ConfigFinding {
  let path = at ?? where;
  while (path !== "" && !lines.has(path)) {
    path = path.slice(0, path.lastIndexOf("/"));
  }
  return { line: lines.get(path) ?? null, where, message, hint };
}

/** What is wrong with the file as such, or with its YAML at some place. */
function ofFile(error: CscError): ConfigFinding {
  const { message, hint = SEE_HELP, details } = error;
  const place = details[0]?.where ?? "";
  const [, line] = /^line (\d+),/.exec(place) ?? [];
  if (line === undefined) return { line: null, where: "", message, hint };
  const cause = message.slice(message.indexOf(place));
  return { line: Number(line), where: "", message: cause, hint };
}

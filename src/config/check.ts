/**
 * Is this document a configuration? Unknown keys are refused: a misspelt limit
 * that is silently ignored is no limit.
 *
 * @module
 */
import { CscError, type ErrorDetail } from "../core/errors.ts";
import { isJsonObject, type JsonValue } from "../core/json.ts";
import { quote } from "../core/text.ts";
import { type Config, LOCKABLE } from "./config.ts";
import { isProfileName, OWN_PROFILE_NAMES } from "./profile_names.ts";

/** A finding; `at` is the member to point at where `where` is around it. */
export interface ConfigDetail extends ErrorDetail {
  readonly at?: string;
}

/** Finds what is wrong with one value. */
type Check = (value: JsonValue, where: string) => ConfigDetail[];

const SANDBOX: Check = members({
  path: listOf(absolutePath),
  system_dirs: listOf(absolutePath),
  etc: listOf(absolutePath),
  tmp_mb: integer(1, 1024 * 1024),
  memory_mb: integer(1, 1024 * 1024),
  processes: integer(1, 1_000_000),
  cpu_sec: integer(1, 86_400),
  file_mb: integer(1, 1024 * 1024),
  open_files: integer(3, 1_000_000),
  staged_mb: integer(1, 1024 * 1024),
  timeout_sec: integer(1, 86_400),
  unix_sockets: flag,
  landlock: oneOf("best", "required"),
  exec: oneOf("toolchain", "strict"),
  exec_from_write_scopes: flag,
  protected_paths: listOf(relativePath),
  run_as: user,
});

const MEMBERS: Check = members({
  mode: oneOf("local", "hardened"),
  state_dir: absolutePath,
  log: oneOf("required", "off"),
  signing: members({ key: absolutePath, key_id: text }),
  trust_store: absolutePath,
  retention: members({
    max_age_days: integer(1, 36_500),
    max_mb: integer(1, 1024 * 1024 * 1024),
  }),
  sandbox: SANDBOX,
  sandbox_profiles: profiles,
  sandbox_by_policy: namesOf(text),
  policies: digests,
  locked: listOf(oneOf(...LOCKABLE)),
});

/**
 * Checks a parsed configuration file.
 *
 * @param source Path of the file, for messages.
 * @throws CscError CONFIG_INVALID with every finding.
 */
export function checkConfig(value: JsonValue, source: string): Config {
  const details = configFindings(value);
  const [first] = details;
  if (first === undefined) return value as unknown as Config;
  throw new CscError(
    "CONFIG_INVALID",
    `read configuration ${quote(source)}: ` +
      `${first.where || "top level"}: ${first.message}`,
    {
      hint: 'See "csc help configuration".',
      details: details.map(({ where, message }) => ({ where, message })),
    },
  );
}

/** Everything that is wrong with it, in its order. */
export function configFindings(value: JsonValue): ConfigDetail[] {
  return MEMBERS(value, "");
}

function members(checks: Readonly<Record<string, Check>>): Check {
  return (value, where) => {
    if (!isJsonObject(value)) return found(value, where, "a mapping");
    return Object.entries(value).flatMap(([name, member]) => {
      const place = `${where}/${name}`;
      return Object.hasOwn(checks, name)
        ? checks[name]!(member, place)
        : [unknownKey(name, where, Object.keys(checks))];
    });
  };
}

function unknownKey(
  name: string,
  where: string,
  known: readonly string[],
): ConfigDetail {
  const expected = known.map((one) => quote(one)).join(", ");
  return {
    where: where === "" ? "/" : where,
    at: `${where}/${name}`,
    message: `unknown key ${quote(name)}, expected only ${expected}`,
  };
}

/** A mapping whose names are anybody's choice. */
function namesOf(check: Check): Check {
  return (value, where) =>
    isJsonObject(value)
      ? Object.entries(value).flatMap(([name, member]) =>
        check(member, `${where}/${name}`)
      )
      : found(value, where, "a mapping");
}

function profiles(value: JsonValue, where: string): ConfigDetail[] {
  const names = isJsonObject(value) ? Object.keys(value) : [];
  return [
    ...names.filter((name) => !isProfileName(name)).map((name) => ({
      where,
      at: `${where}/${name}`,
      message: `a sandbox profile cannot be called ${quote(name)}: expected ` +
        "at most 64 letters, digits, dots, dashes and underscores, a letter " +
        `or digit first, and none of ${OWN_PROFILE_NAMES.join(", ")}`,
    })),
    ...namesOf(SANDBOX)(value, where),
  ];
}

function listOf(check: Check): Check {
  return (value, where) =>
    Array.isArray(value)
      ? value.flatMap((item, index) => check(item, `${where}/${index}`))
      : found(value, where, "a list");
}

/** A list, or a mapping whose names are for people. */
function digests(value: JsonValue, where: string): ConfigDetail[] {
  if (!isJsonObject(value)) return listOf(digest)(value, where);
  return Object.entries(value).flatMap(([name, member]) =>
    digest(member, `${where}/${name}`)
  );
}

function digest(value: JsonValue, where: string): ConfigDetail[] {
  return typeof value === "string" && /^[0-9a-f]{64}$/i.test(value)
    ? []
    : found(value, where, 'a SHA-256 of 64 hex digits, as "csc check" prints');
}

function oneOf(...words: readonly string[]): Check {
  return (value, where) =>
    typeof value === "string" && words.includes(value)
      ? []
      : found(value, where, words.map((word) => quote(word)).join(" or "));
}

function integer(least: number, most: number): Check {
  return (value, where) =>
    typeof value === "number" && Number.isInteger(value) &&
      value >= least && value <= most
      ? []
      : found(value, where, `an integer from ${least} to ${most}`);
}

function flag(value: JsonValue, where: string): ConfigDetail[] {
  return typeof value === "boolean" ? [] : found(value, where, "true or false");
}

function text(value: JsonValue, where: string): ConfigDetail[] {
  return typeof value === "string" && value !== ""
    ? []
    : found(value, where, "a string that is not empty");
}

/** A name as passwd(5) has it, which "keep-root" looks like, or two numbers. */
function user(value: JsonValue, where: string): ConfigDetail[] {
  return typeof value === "string" &&
      /^([a-z_][a-z0-9_.-]{0,254}|\d{1,10}:\d{1,10})$/i.test(value)
    ? []
    : found(value, where, 'a user name, "UID:GID" or "keep-root"');
}

function absolutePath(value: JsonValue, where: string): ConfigDetail[] {
  return typeof value === "string" && value.startsWith("/") &&
      !value.includes("\0")
    ? []
    : found(value, where, "an absolute path");
}

/** By plain names: nothing leads up, and nothing is empty. */
function relativePath(value: JsonValue, where: string): ConfigDetail[] {
  return typeof value === "string" && !value.includes("\0") &&
      value.split("/").every((name) => !["", ".", ".."].includes(name))
    ? []
    : found(value, where, "a path relative to a write scope, without dots");
}

function found(
  value: JsonValue,
  where: string,
  expected: string,
): ConfigDetail[] {
  const shown = typeof value === "string" ? quote(value) : shape(value);
  return [{
    where: where || "/",
    message: `found ${shown}, expected ${expected}`,
  }];
}

function shape(value: JsonValue): string {
  if (Array.isArray(value)) return "a list";
  return isJsonObject(value) ? "a mapping" : String(value);
}

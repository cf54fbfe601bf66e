/**
 * Paths as contracts and policies write them (protocol §5, "Paths").
 *
 * Pure text: no file system is asked, so links are not followed here. What this
 * decides is checked again on resolved paths before anything runs.
 *
 * Stricter than the letter of the protocol in three places, each so that a
 * scope can never mean more than it says: `..` is refused behind a glob as
 * well; a POSIX scope is cut at `/` only, because `\` is part of a name there;
 * and `/./*` is refused like `/*`.
 *
 * @module
 */

/** How an absolute path is written. */
export type PathFlavour = "posix" | "windows" | "unc";

/** What a rule learns about one declared path. */
export type PathVerdict = "inside" | "outside" | "not-absolute";

const GLOB = /[*?[]/;
/** A POSIX path below the root that is its own normal form and never climbs. */
const PLAIN = /^(?:\/(?!\.{1,2}(?:\/|$))[^/]+)+$/;
const WINDOWS_ROOT = /^[A-Za-z]:[\\/]/;
/** Host and share. `\\.\` and `\\?\` name devices; a share is not a dot. */
const UNC_ROOT =
  /^(?:\\\\|\/\/)(?![.?]+[\\/])[^\\/]+[\\/](?!\.+(?:[\\/]|$))[^\\/]+/;
/** Windows drops trailing dots and spaces, so `.. ` climbs as `..` does. */
const WINDOWS_CLIMB = /^\.[. ]*\.[. ]*$/;

interface PathParts {
  readonly flavour: PathFlavour;
  /** Drive for Windows; host and share come first in `segments` for UNC. */
  readonly drive: string;
  readonly segments: readonly string[];
}

/** The flavour of an absolute path; `null` for a path that is not absolute. */
export function classifyPath(text: string): PathFlavour | null {
  // Nearly every path; the expression would have to be made first.
  if (text.startsWith("/") && text[1] !== "/") return "posix";
  if (UNC_ROOT.test(text)) return "unc";
  // `//etc` has no share and `///x` no host, and neither is a POSIX path:
  // POSIX leaves the meaning of exactly two leading slashes open.
  if (text.startsWith("//")) return null;
  return WINDOWS_ROOT.test(text) ? "windows" : null;
}

/** Splits at separators; drops `.` and empty segments, keeps `..`. */
function splitPath(text: string): PathParts | null {
  const flavour = classifyPath(text);
  if (flavour === null) return null;
  const separator = flavour === "posix" ? "/" : /[\\/]/;
  const segments = text.split(separator)
    .filter((segment) => segment !== "" && segment !== ".");
  const drive = flavour === "windows" ? segments.shift() ?? "" : "";
  return { flavour, drive, segments };
}

/**
 * The path with `.` segments, repeated and trailing separators collapsed, and
 * separators of one kind; `..` stays. `null` for a path that is not absolute.
 */
export function normalizePath(text: string): string | null {
  const parts = splitPath(text);
  if (parts === null) return null;
  switch (parts.flavour) {
    case "posix":
      return `/${parts.segments.join("/")}`;
    case "windows":
      return `${parts.drive}\\${parts.segments.join("\\")}`;
    case "unc":
      return `\\\\${parts.segments.join("\\")}`;
  }
}

/** True when a segment of an absolute path leads upwards. */
function climbs(parts: PathParts): boolean {
  return parts.segments.some((segment) =>
    segment === ".." ||
    (parts.flavour !== "posix" && WINDOWS_CLIMB.test(segment))
  );
}

/** True when a scope holds a glob character, and so names more than one path. */
export function hasGlob(scope: string): boolean {
  return GLOB.test(scope);
}

/**
 * The part of a scope before its first glob character, cut at the last
 * separator; the whole scope when it has no glob. `null` when nothing but a
 * root would be left (`/*`, `/work*`), or when the scope is not absolute.
 */
export function literalPrefix(scope: string): string | null {
  const glob = scope.search(GLOB);
  if (glob === -1) return classifyPath(scope) === null ? null : scope;
  const before = scope.slice(0, glob);
  const separators = classifyPath(scope) === "posix"
    ? /\/[^/]*$/
    : /[\\/][^\\/]*$/;
  const prefix = before.replace(separators, "");
  const parts = splitPath(prefix);
  return parts === null || parts.segments.length === 0 ? null : prefix;
}

/**
 * Is `path` equal to `prefix` or below it? False as well when either is not
 * absolute, holds `..`, or is of another flavour.
 */
export function isInside(path: string, prefix: string): boolean {
  // Planning asks for hundreds of pairs, nearly all of which text decides.
  if (PLAIN.test(path) && PLAIN.test(prefix)) {
    return path === prefix || path.startsWith(`${prefix}/`);
  }
  const inner = splitPath(path);
  const outer = splitPath(prefix);
  if (inner === null || outer === null) return false;
  if (inner.flavour !== outer.flavour || climbs(inner)) {
    return false;
  }
  const fold = inner.flavour === "posix" ? identity : foldCase;
  return fold(inner.drive) === fold(outer.drive) &&
    outer.segments.length <= inner.segments.length &&
    outer.segments.every((segment, index) =>
      fold(segment) === fold(inner.segments[index] ?? "")
    );
}

/** Where one plain path (a cwd) lies; glob characters mean themselves. */
export function pathVerdict(
  path: string,
  prefixes: readonly string[],
): PathVerdict {
  if (classifyPath(path) === null) return "not-absolute";
  return prefixes.some((prefix) => isInside(path, prefix))
    ? "inside"
    : "outside";
}

/** Where all that one scope (an exact path or a glob) can match lies. */
export function scopeVerdict(
  scope: string,
  prefixes: readonly string[],
): PathVerdict {
  const parts = splitPath(scope);
  if (parts === null) return "not-absolute";
  const prefix = literalPrefix(scope);
  if (prefix === null || climbs(parts)) return "outside";
  return pathVerdict(prefix, prefixes) === "inside" ? "inside" : "outside";
}

function identity(text: string): string {
  return text;
}

/**
 * Upper case, character by character as Windows folds names. `toUpperCase` of
 * whole strings turns ß into SS, and maps ı and ſ to ASCII letters: names that
 * Windows keeps apart would match.
 */
function foldCase(text: string): string {
  let folded = "";
  for (const character of text) {
    const upper = character.toUpperCase();
    const sameKind = upper.length === character.length &&
      (upper < "\u0080") === (character < "\u0080");
    folded += sameKind ? upper : character;
  }
  return folded;
}

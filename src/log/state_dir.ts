/**
 * The state directory: where runs are recorded and used approvals remembered.
 *
 * Whoever can write here can forget an approval or rewrite history, so a
 * directory that another user could have prepared is refused.
 *
 * @module
 */
import { causeText, CscError, isCscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import type { HeldDirectory } from "../execute/held_directory.ts";

/** What the choice of a state directory depends on. */
export interface StateDirectorySources {
  /** `--state-dir`, else `state_dir` of the configuration. */
  readonly configured: string | undefined;
  /** Numeric user id of the caller. */
  readonly uid: number;
  /** Looks up an environment variable. */
  readonly env: (name: string) => string | undefined;
}

const OTHERS_MAY_WRITE = 0o002;
const STICKY = 0o1000;
const GROUP_OR_OTHERS = 0o077;

/**
 * Chooses the path (design, "State directory"): configured, else /var/lib/csc
 * for root, else $XDG_STATE_HOME/csc, else ~/.local/state/csc.
 *
 * @throws CscError STATE_UNAVAILABLE when the environment names none.
 */
export function stateDirectoryPath(sources: StateDirectorySources): string {
  if (sources.configured !== undefined) return sources.configured;
  if (sources.uid === 0) return "/var/lib/csc";
  const xdg = sources.env("XDG_STATE_HOME");
  if (xdg?.startsWith("/")) return `${xdg}/csc`;
  const home = sources.env("HOME");
  if (home?.startsWith("/")) return `${home}/.local/state/csc`;
  throw new CscError(
    "STATE_UNAVAILABLE",
    "find the state directory: neither XDG_STATE_HOME nor HOME names one",
    { hint: STATE_HINT },
  );
}

const STATE_HINT =
  'Name a directory with "--state-dir DIR", or say "--no-log" to run without a record.';

/**
 * Makes the directory if it is absent (mode 0700) and opens it. What is judged
 * is what was opened: exchanging the path meanwhile changes nothing.
 *
 * @param open Opens a directory by descriptor (execute/held_directory.ts).
 * @throws CscError STATE_UNAVAILABLE when it cannot be had, is a link, is not
 * the caller's, is open to others, or lies below a directory in which others
 * may replace it. Links further up are followed: a command that could replace
 * one is refused when it is planned (plan/seal.ts).
 */
export function openStateDirectory<
  Held extends Pick<HeldDirectory, "info" | "place">,
>(
  path: string,
  uid: number,
  open: (path: string) => Held,
): Held {
  makeMissing(path);
  const held = attempt(path, () => open(path));
  const info = attempt(path, () => held.info());
  if (info.uid !== uid) {
    throw unusable(path, `it belongs to user ${info.uid}, not to user ${uid}`);
  }
  if (((info.mode ?? 0) & GROUP_OR_OTHERS) !== 0) {
    throw unusable(
      path,
      `its mode is ${octal(info.mode)}, open to others than its owner`,
      `Run "chmod 700" on it, after a look at what others may have put there.`,
    );
  }
  checkAncestors(path, attempt(path, () => held.place()), uid);
  return held;
}

/** Creates what is missing; the last component must not be a link. */
function makeMissing(path: string): void {
  attempt(path, () => {
    const before = lstatOrNull(path);
    if (before === null) {
      Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
    } else if (before.isSymlink) {
      throw unusable(path, "it is a symbolic link");
    } else if (!before.isDirectory) {
      throw unusable(path, "it is not a directory");
    }
  });
}

/** Who may rename an ancestor may put another directory in its place. */
function checkAncestors(path: string, resolved: string, uid: number): void {
  for (
    let parent = parentOf(resolved);
    parent !== null;
    parent = parentOf(parent)
  ) {
    const above = parent;
    const info = attempt(path, () => Deno.lstatSync(above));
    const mode = info.mode ?? 0;
    if ((mode & OTHERS_MAY_WRITE) !== 0 && (mode & STICKY) === 0) {
      throw unusable(
        path,
        `everybody may write to ${quote(above)} above it`,
      );
    }
    if (info.uid !== uid && info.uid !== 0 && !ownerIsUnmapped(info.uid)) {
      throw unusable(
        path,
        `${quote(above)} above it belongs to user ${info.uid}`,
      );
    }
  }
}

/** In a user namespace, owners that have no number there show as "nobody". */
function ownerIsUnmapped(uid: number | null): boolean {
  return uid === 65534;
}

function parentOf(path: string): string | null {
  if (path === "/") return null;
  const slash = path.lastIndexOf("/");
  return slash <= 0 ? "/" : path.slice(0, slash);
}

function lstatOrNull(path: string): Deno.FileInfo | null {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (isCscError(error)) throw error;
    throw unusable(path, causeText(error), undefined, error);
  }
}

function octal(mode: number | null): string {
  return ((mode ?? 0) & 0o7777).toString(8).padStart(4, "0");
}

function unusable(
  path: string,
  why: string,
  hint = STATE_HINT,
  cause?: unknown,
): CscError {
  return new CscError(
    "STATE_UNAVAILABLE",
    `use state directory ${quote(path)}: ${why}`,
    { hint, cause },
  );
}

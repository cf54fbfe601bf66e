/**
 * What is said of files that cannot be read. Bundled apart
 * (scripts/build/apart.ts).
 *
 * @module
 */
import { causeText, CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";

/** The cause without the path, which stands in the message already. */
export function reason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "it does not exist";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.NotCapable) {
    return 'files of /dev, /proc and /sys are not read; use "-" for standard input';
  }
  return causeText(error);
}

/** The error for a file that cannot be read. */
export function unreadable(
  what: string,
  path: string,
  why: string,
  cause?: unknown,
): CscError {
  const hint = cause instanceof Deno.errors.NotFound
    ? path.startsWith("/")
      ? "Correct the path."
      : "Correct the path; it is seen from the current directory."
    : cause instanceof Deno.errors.PermissionDenied
    ? "The user who runs csc must be able to read it."
    : `Name a file that holds the ${what}.`;
  return new CscError(
    "INPUT_UNREADABLE",
    `read ${what} ${quote(path)}: ${why}`,
    { hint, cause },
  );
}

/** The error for a private key that others than its owner may open. */
export function keyOpen(path: string): CscError {
  return new CscError(
    "KEY_INVALID",
    `use private key ${quote(path)}: others than its owner may open it`,
    { hint: 'Run "chmod 600" on it; if others had access, make a new key.' },
  );
}

/** The error for a private key that is somebody else's. */
export function keyOfUser(path: string, uid: number | null): CscError {
  return new CscError(
    "KEY_INVALID",
    `use private key ${quote(path)}: it belongs to user ${uid}`,
    { hint: "It must belong to root or to the user who runs csc." },
  );
}

/** The error for a private key that lies in more places than one. */
export function keyWithNames(path: string, names: number): CscError {
  return new CscError(
    "KEY_INVALID",
    `use private key ${quote(path)}: it has ${names} hard links, ` +
      "so it lies in other places, too, which csc does not know",
    { hint: 'Find them with "find / -samefile FILE" and remove all but one.' },
  );
}

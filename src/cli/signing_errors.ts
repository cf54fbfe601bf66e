/**
 * What is said where a receipt must be signed and nothing to sign with is
 * given. Bundled apart (scripts/build/apart.ts).
 *
 * @module
 */
import { CscError } from "../core/errors.ts";

/** What is missing, and where. */
export interface Unsigned {
  readonly missing: "--signing-key" | "--key-id";
  /** Why there must be a signature. */
  readonly why: string;
  /** The command line of `csc exec`; empty for other verbs. */
  readonly argv: readonly string[];
}

/** The error for a run that cannot be signed. */
export function cannotSign({ missing, why, argv }: Unsigned): CscError {
  return new CscError(
    "KEY_INVALID",
    `sign: ${why}, but no ${missing} is given`,
    { hint: hintFor(missing, argv) },
  );
}

function hintFor(
  missing: Unsigned["missing"],
  argv: readonly string[],
): string {
  if (argv.some((word) => word === missing || word.startsWith(`${missing}=`))) {
    return `"${missing}" stands after the command, which gets it as an ` +
      'argument; flags of csc stand before the command and before "--".';
  }
  return missing === "--key-id"
    ? 'Add "--key-id ID", the name under which verifiers know the key; ' +
      '"csc keygen" calls its files ID.key and ID.pub.'
    : 'Set up a key with "csc init", or name one outside of the working ' +
      'directory with "--signing-key FILE --key-id ID" or in the ' +
      "configuration.";
}

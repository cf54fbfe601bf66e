/**
 * A directory of public keys that a verifier trusts: `ID.pub` for each key id.
 *
 * The whole directory is read before any receipt is: a key id that somebody
 * wrote into a receipt never becomes part of a path (design invariant 9).
 *
 * @module
 */
import { trustProblems } from "../config/trust.ts";
import { causeText, CscError, isCscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import { loadPublicKey } from "../sign/file_signer.ts";
import { type Keyring, makeKeyring, type TrustedKey } from "../sign/keyring.ts";
import { readPublicKey } from "./inputs.ts";

/** How a public key's file is called behind its id. */
export const PUBLIC_SUFFIX = ".pub";

/**
 * Every key of a trust store.
 *
 * @param uid The caller's numeric user id: root and that user may have made it.
 * @param only The one key id that counts; undefined for all.
 * @throws CscError KEY_INVALID for a store that others may write, that cannot
 * be read, or that holds something else than keys under a name of one.
 */
export function openTrustStore(
  directory: string,
  uid: number,
  only?: string,
): Keyring {
  const names = attempt(directory, () => {
    if (!Deno.statSync(directory).isDirectory) {
      throw refusal(directory, "it is no directory", "Name a directory.");
    }
    refuseUntrusted(directory, uid);
    return [...Deno.readDirSync(directory)].map(({ name }) => name)
      .filter((name) => name.endsWith(PUBLIC_SUFFIX)).sort();
  });
  const keys = names.map((name): TrustedKey => {
    const path = `${directory}/${name}`;
    const keyId = name.slice(0, -PUBLIC_SUFFIX.length);
    attempt(path, () => {
      // Opening a pipe would wait for somebody to write to it.
      if (!Deno.statSync(path).isFile) {
        throw refusal(path, "it is no file", "Remove it from the trust store.");
      }
      refuseUntrusted(path, uid);
    });
    const { bytes, source } = readPublicKey(path);
    return { keyId, publicKey: loadPublicKey(bytes, source) };
  });
  if (only === undefined) return makeKeyring(keys);
  const chosen = keys.filter(({ keyId }) => keyId === only);
  if (chosen.length > 0) return makeKeyring(chosen);
  throw new CscError(
    "KEY_INVALID",
    `trust key id ${quote(only)}: ${quote(directory)} holds no key of that id`,
    {
      hint: 'Put the public key there as "ID.pub", or name it with ' +
        '"--public-key FILE".',
    },
  );
}

function refuseUntrusted(path: string, uid: number): void {
  const [problem] = trustProblems(Deno.statSync(path), [uid, 0]);
  if (problem !== undefined) throw refusal(path, problem.message, problem.hint);
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (isCscError(error)) throw error;
    const missing = error instanceof Deno.errors.NotFound;
    throw refusal(
      path,
      missing ? "it does not exist" : causeText(error),
      'Correct "trust_store" in the configuration.',
    );
  }
}

function refusal(path: string, why: string, hint: string): CscError {
  return new CscError("KEY_INVALID", `trust keys in ${quote(path)}: ${why}`, {
    hint,
  });
}

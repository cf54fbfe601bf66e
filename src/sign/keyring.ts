/**
 * The keys a verifier trusts.
 *
 * A keyring is filled from the verifier's own store and from nothing else. A
 * key id inside a receipt was written by whoever made the receipt: it may
 * select among the trusted keys, and can never add one (design invariant 9).
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import { checkKeyId } from "./key_id.ts";

/** One public key and the name under which the verifier trusts it. */
export interface TrustedKey {
  readonly keyId: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** A closed set of trusted keys. */
export interface Keyring {
  /** Returns the key trusted under exactly this id, or null. */
  select(keyId: string): TrustedKey | null;
  /** Every id in the keyring, in the order given; for messages. */
  readonly keyIds: readonly string[];
}

/**
 * Makes a keyring.
 *
 * @throws CscError KEY_INVALID for an unusable id, or one given twice: which of
 * two keys was meant must never depend on their order.
 */
export function makeKeyring(keys: readonly TrustedKey[]): Keyring {
  const byId = new Map<string, TrustedKey>();
  for (const { keyId, publicKey } of keys) {
    checkKeyId(keyId);
    if (byId.has(keyId)) {
      throw new CscError(
        "KEY_INVALID",
        `cannot trust key id ${quote(keyId)} twice: one id names one key`,
        { hint: "Remove one of the two keys, or give it another id." },
      );
    }
    byId.set(keyId, { keyId, publicKey: new Uint8Array(publicKey) });
  }
  return {
    select: (keyId) => byId.get(keyId) ?? null,
    keyIds: [...byId.keys()],
  };
}

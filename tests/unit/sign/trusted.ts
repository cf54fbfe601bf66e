import type { TrustedKey } from "../../../src/sign/keyring.ts";
import type { Signer } from "../../../src/sign/signer.ts";

/** The key of a signer as a verifier trusts it. */
export async function trusted(signer: Signer): Promise<TrustedKey> {
  return { keyId: signer.keyId, publicKey: await signer.publicKey() };
}

/**
 * The signature around a receipt (protocol §6, "Signature").
 *
 * @module
 */
import { canonicalBytes } from "../core/canonical.ts";
import { toBase64 } from "../core/bytes.ts";
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import type { Receipt, SignedReceipt } from "../protocol/receipt.ts";
import type { Signer } from "./signer.ts";

/** The one algorithm that the protocol knows. */
export const SIGNATURE_ALGORITHM = "ed25519";

/**
 * Signs a receipt.
 *
 * @param signedAt RFC 3339 with offset; covered by the signature, like the key id.
 * @throws CscError NOT_CANONICAL when the receipt has no canonical form, and
 * INTERNAL when it is signed already or names another key.
 */
export async function signReceipt(
  receipt: Receipt,
  signer: Signer,
  signedAt: string,
): Promise<SignedReceipt> {
  checkSignable(receipt, signer);
  const metadata = {
    algorithm: SIGNATURE_ALGORITHM,
    key_id: signer.keyId,
    signed_at: signedAt,
  } as const;
  const unsigned = { ...receipt, signature: metadata };
  const bytes = receiptSignedBytes(unsigned as unknown as JsonObject);
  const signature = toBase64(await signer.sign(bytes));
  return Object.freeze({
    ...receipt,
    signature: Object.freeze({ ...metadata, signature }),
  });
}

/**
 * Returns the bytes that a signature covers: the canonical JSON of the receipt
 * with only `signature.signature` taken out. Null members stay, because the
 * reference signs them as they stand.
 *
 * @throws CscError NOT_CANONICAL.
 */
export function receiptSignedBytes(value: JsonObject): Uint8Array {
  const { signature, ...rest } = value;
  if (!isJsonObject(signature)) {
    return canonicalBytes(rest, { keepNulls: true });
  }
  const { signature: _value, ...metadata } = signature;
  return canonicalBytes({ ...rest, signature: metadata }, { keepNulls: true });
}

/** Both faults could only come from csc itself, never from its input. */
function checkSignable(receipt: Receipt, signer: Signer): void {
  if ("signature" in receipt) {
    throw new CscError("INTERNAL", "cannot sign a receipt that is signed");
  }
  const named = receipt.signing_key_id;
  if (named !== undefined && named !== signer.keyId) {
    throw new CscError(
      "INTERNAL",
      `cannot sign with key ${quote(signer.keyId)} a receipt that names key ` +
        quote(named),
    );
  }
}

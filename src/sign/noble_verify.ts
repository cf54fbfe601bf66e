/**
 * The second library of Ed25519 verification, in a module of its own so that
 * the bundler puts it where only verification loads it.
 *
 * @module
 */
import { hashes, Point, verifyAsync } from "@noble/ed25519";

// The hash comes from the platform: one implementation less to trust.
hashes.sha512Async = async (message) =>
  new Uint8Array(
    await crypto.subtle.digest("SHA-512", new Uint8Array(message)),
  );

/**
 * Verifies with the library's RFC 8032 branch. Its equation has the cofactor
 * in it, so alone it would accept a low-order residue; `verifyEd25519` asks
 * Web Crypto as well, which does not.
 */
export async function nobleVerify(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  return await verifyAsync(
    new Uint8Array(signature),
    new Uint8Array(message),
    new Uint8Array(publicKey),
    { zip215: false },
  );
}

/** True when the 32 bytes decode to a point of the curve (RFC 8032 §5.1.3). */
export function isOnCurve(encoded: Uint8Array): boolean {
  try {
    Point.fromBytes(new Uint8Array(encoded), false).assertValidity();
    return true;
  } catch {
    // The library reports a failed decoding only by throwing.
    return false;
  }
}

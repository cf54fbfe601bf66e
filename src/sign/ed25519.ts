/**
 * Ed25519 verification without grey areas.
 *
 * RFC 8032 leaves room: libraries disagree about points of small order, about
 * encodings that are not the shortest, and about the cofactor. A receipt that
 * one verifier accepts and another refuses is no proof, so everything in that
 * room is refused here, before any library is asked; then two independent
 * libraries must both accept.
 *
 * @module
 */
import { toHex } from "../core/bytes.ts";

/** Bytes in a public key, in a seed, and in either half of a signature. */
export const KEY_LENGTH = 32;

/** Bytes in a signature: R, then S. */
export const SIGNATURE_LENGTH = 64;

/**
 * Every 32-byte string that some decoder takes for one of the eight points of
 * small order. With such a key anybody can sign anything; with such an R a
 * signature says less than it should.
 */
const SMALL_ORDER: ReadonlySet<string> = new Set([
  // Order 1, (0, 1): canonical, with the sign of x set, with y + p, and both.
  "0100000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000080",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  // Order 2, (0, -1): canonical, and with the sign of x set.
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  // Order 4, y = 0: both signs of x, each also with y + p.
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  // Order 8: two values of y, both signs of x; y + p does not fit 255 bits.
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]);

/** The field prime p = 2^255 - 19, little endian. */
const FIELD_PRIME = [0xed, ...new Array<number>(30).fill(0xff), 0x7f];

/** The group order L = 2^252 + 27742317777372353535851937790883648493, little endian. */
const GROUP_ORDER = [
  ...[0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58],
  ...[0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14],
  ...new Array<number>(15).fill(0),
  0x10,
];

/** True when some decoder takes the 32 bytes for a point of small order. */
export function isSmallOrder(encoded: Uint8Array): boolean {
  return SMALL_ORDER.has(toHex(encoded));
}

/**
 * True when the y in the 32 bytes is reduced modulo p (RFC 8032 §5.1.3). The
 * other slack, a set sign bit where x is 0, exists only for points of small
 * order.
 */
export function isCanonicalEncoding(encoded: Uint8Array): boolean {
  const y = new Uint8Array(encoded);
  y[31] = (y[31] ?? 0) & 0x7f;
  return isBelow(y, FIELD_PRIME);
}

/**
 * True when the bytes are a public key that may be trusted: 32 bytes, the
 * canonical encoding of a point on the curve, not of small order.
 */
export async function isPublicKey(bytes: Uint8Array): Promise<boolean> {
  if (!isUsablePoint(bytes)) return false;
  const { isOnCurve } = await import("./noble_verify.ts");
  return isOnCurve(bytes);
}

/**
 * True when `bytes` have the length and form of a point that may be used; says
 * nothing about the curve equation, which takes arithmetic (`isPublicKey`).
 */
export function isUsablePoint(bytes: Uint8Array): boolean {
  return bytes.length === KEY_LENGTH && isCanonicalEncoding(bytes) &&
    !isSmallOrder(bytes);
}

/**
 * All of the strict reading that needs no arithmetic: lengths, canonical A and R
 * that are not of small order, S < L. The libraries refuse much of this too,
 * each its own part; this function depends on neither.
 */
export function passesByteChecks(
  publicKey: Uint8Array,
  signature: Uint8Array,
): boolean {
  return signature.length === SIGNATURE_LENGTH &&
    isUsablePoint(publicKey) &&
    isUsablePoint(signature.subarray(0, KEY_LENGTH)) &&
    isBelow(signature.subarray(KEY_LENGTH), GROUP_ORDER);
}

/**
 * Verifies a pure Ed25519 signature in the strictest reading of RFC 8032
 * §5.1.7: canonical A and R that are not of small order, S < L, and the
 * equation without cofactor. Never throws on bad input; anything that is not a
 * valid signature is false.
 */
export async function verifyEd25519(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (!passesByteChecks(publicKey, signature)) return false;
  return await webCryptoAccepts(publicKey, message, signature) &&
    await nobleAccepts(publicKey, message, signature);
}

/** First opinion: compares R with S·B − k·A byte by byte, so without cofactor. */
async function webCryptoAccepts(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  let key: CryptoKey;
  try {
    key = await crypto.subtle.importKey(
      "raw",
      new Uint8Array(publicKey),
      "Ed25519",
      false,
      ["verify"],
    );
  } catch {
    // Web Crypto may refuse a point off the curve here or while verifying.
    return false;
  }
  return await crypto.subtle.verify(
    "Ed25519",
    key,
    new Uint8Array(signature),
    new Uint8Array(message),
  );
}

/** Second opinion, loaded only when a signature is to be verified. */
async function nobleAccepts(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const { nobleVerify } = await import("./noble_verify.ts");
  return await nobleVerify(publicKey, message, signature);
}

/** True when the little-endian number in `bytes` is below `limit` (same length). */
function isBelow(bytes: Uint8Array, limit: readonly number[]): boolean {
  for (let index = limit.length - 1; index >= 0; index--) {
    const difference = (bytes[index] ?? 0) - (limit[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

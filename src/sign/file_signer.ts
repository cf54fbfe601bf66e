/**
 * Keys that live in files: a signer from private key bytes, a public key from
 * its bytes, and new pairs (protocol §6).
 *
 * Reading the file is the caller's business; these functions take its bytes.
 * No error here ever contains a byte of a key, and the copies made on the way
 * are overwritten. (The bytes given stay the caller's to overwrite.)
 *
 * @module
 */
import type { Random } from "../core/ambient.ts";
import { isUsablePoint, KEY_LENGTH } from "./ed25519.ts";
import { halvesDiffer, keyError, lengthProblem } from "./key_errors.ts";
import { checkKeyId } from "./key_id.ts";
import {
  decodePem,
  decodePkcs8,
  decodeSpki,
  encodePem,
  encodePkcs8,
  encodeSpki,
  looksLikePem,
} from "./pem.ts";
import type { Signer } from "./signer.ts";

/** A new key pair in the forms that `csc keygen` writes. */
export interface KeyPair {
  /** PKCS#8, to be kept. */
  readonly privatePem: string;
  /** SubjectPublicKeyInfo, to be given away. */
  readonly publicPem: string;
  /** The raw private half, 32 bytes. */
  readonly seed: Uint8Array;
  /** The raw public half, 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** What a private key file holds: the seed, and perhaps the public half. */
interface PrivateParts {
  readonly seed: Uint8Array<ArrayBuffer>;
  readonly publicKey: Uint8Array<ArrayBuffer> | null;
}

/** Web Crypto's newer way to a public key, which the type library lacks. */
interface SubtleWithPublicKey {
  getPublicKey(key: CryptoKey, usages: KeyUsage[]): Promise<CryptoKey>;
}

/**
 * Makes a signer from the bytes of a private key file: a raw 32-byte seed, a
 * 64-byte pair of seed and public key whose halves match, or PKCS#8 PEM.
 *
 * @param bytes The whole file.
 * @param keyId The name that goes into signatures; not empty, no control characters.
 * @param source Where the bytes come from, for messages.
 * @throws CscError KEY_INVALID for anything else.
 */
export async function loadSigner(
  bytes: Uint8Array,
  keyId: string,
  source: string,
): Promise<Signer> {
  checkKeyId(keyId);
  const parts = readPrivateKey(bytes, source);
  const key = await importSeed(parts.seed);
  if (
    parts.publicKey !== null &&
    !sameBytes(parts.publicKey, await publicHalf(key))
  ) throw halvesDiffer(bytes, source);
  return {
    keyId,
    publicKey: () => publicHalf(key),
    sign: async (message) =>
      new Uint8Array(
        await crypto.subtle.sign("Ed25519", key, new Uint8Array(message)),
      ),
  };
}

/**
 * Returns the 32 bytes of a public key given raw or as SPKI PEM. Refuses
 * encodings that are not canonical and points of small order; whether the point
 * lies on the curve is found out by `isPublicKey`, at the first verification.
 *
 * @param source Where the bytes come from, for messages.
 * @throws CscError KEY_INVALID for anything else.
 */
export function loadPublicKey(bytes: Uint8Array, source: string): Uint8Array {
  const publicKey = readPublicKey(bytes, source);
  if (!isUsablePoint(publicKey)) {
    throw keyError(
      "public",
      source,
      "it encodes a point that no honest key has (not canonical, or of small order)",
      "Get the key again from its owner; anybody could forge signatures for this one.",
    );
  }
  return publicKey;
}

/** Draws a new Ed25519 key pair. */
export async function generateKeyPair(random: Random): Promise<KeyPair> {
  const seed = random.bytes(KEY_LENGTH);
  const publicKey = await publicHalf(await importSeed(new Uint8Array(seed)));
  const der = encodePkcs8(seed);
  const privatePem = encodePem("PRIVATE KEY", der);
  der.fill(0);
  const publicPem = encodePem("PUBLIC KEY", encodeSpki(publicKey));
  return { privatePem, publicPem, seed, publicKey };
}

/** Tells the three forms of a private key apart, by length and first bytes. */
function readPrivateKey(bytes: Uint8Array, source: string): PrivateParts {
  if (looksLikePem(bytes)) {
    const pem = decodePem(bytes, "PRIVATE KEY");
    if (!pem.ok) throw keyError("private", source, pem.reason, pem.hint);
    const key = decodePkcs8(pem.value);
    pem.value.fill(0);
    if (!key.ok) throw keyError("private", source, key.reason, key.hint);
    return key.value;
  }
  const copy = new Uint8Array(bytes);
  if (copy.length === KEY_LENGTH) return { seed: copy, publicKey: null };
  if (copy.length === 2 * KEY_LENGTH) {
    return {
      seed: copy.slice(0, KEY_LENGTH),
      publicKey: copy.slice(KEY_LENGTH),
    };
  }
  throw keyError("private", source, ...lengthProblem(bytes, true));
}

function readPublicKey(
  bytes: Uint8Array,
  source: string,
): Uint8Array<ArrayBuffer> {
  if (!looksLikePem(bytes)) {
    if (bytes.length === KEY_LENGTH) return new Uint8Array(bytes);
    throw keyError("public", source, ...lengthProblem(bytes, false));
  }
  const pem = decodePem(bytes, "PUBLIC KEY");
  if (!pem.ok) throw keyError("public", source, pem.reason, pem.hint);
  const key = decodeSpki(pem.value);
  if (!key.ok) throw keyError("public", source, key.reason, key.hint);
  return key.value;
}

/**
 * Hands the seed to Web Crypto, not extractable, and overwrites it. Web Crypto
 * takes no raw private key, hence the PKCS#8 form around it.
 */
async function importSeed(
  seed: Uint8Array<ArrayBuffer>,
): Promise<CryptoKey> {
  const der = encodePkcs8(seed);
  const key = await crypto.subtle.importKey("pkcs8", der, "Ed25519", false, [
    "sign",
  ]);
  der.fill(0);
  seed.fill(0);
  return key;
}

async function publicHalf(key: CryptoKey): Promise<Uint8Array<ArrayBuffer>> {
  const subtle = crypto.subtle as unknown as SubtleWithPublicKey;
  const half = await subtle.getPublicKey(key, ["verify"]);
  return new Uint8Array(await crypto.subtle.exportKey("raw", half));
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length &&
    left.every((byte, index) => byte === right[index]);
}

/**
 * Ed25519 keys as PEM text (RFC 7468) around DER (RFC 8410), both read
 * strictly.
 *
 * DER of an Ed25519 key has no freedom: every length and tag is fixed. So there
 * is no ASN.1 parser here, only a comparison with the few byte forms that
 * exist, and no input can take a path that was not written down.
 *
 * Errors are returned as text for the caller to complete, and never contain
 * key bytes.
 *
 * @module
 */
import { fromBase64Strict, toBase64 } from "../core/bytes.ts";
import { labelProblem } from "./key_errors.ts";

/** PEM labels that this module reads and writes. */
export type PemLabel = "PRIVATE KEY" | "PUBLIC KEY";

/** Either a value or the reason why there is none. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string; readonly hint: string };

/** A private key as PKCS#8 carries it. */
export interface Pkcs8Key {
  readonly seed: Uint8Array<ArrayBuffer>;
  /** The public half that version 2 may carry, unchecked. */
  readonly publicKey: Uint8Array<ArrayBuffer> | null;
}

/** Characters of base64 in each full line (RFC 7468 §2). */
const LINE = 64;

/** PKCS#8 version 1: SEQUENCE { 0, { id-Ed25519 }, OCTET STRING { OCTET STRING } }. */
const PKCS8_V1 = [
  ...[0x30, 0x2e, 0x02, 0x01, 0x00],
  ...[0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70],
  ...[0x04, 0x22, 0x04, 0x20],
];

/** PKCS#8 version 2 (RFC 5958): the same with version 1 inside and a longer body. */
const PKCS8_V2 = [
  ...[0x30, 0x51, 0x02, 0x01, 0x01],
  ...[0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70],
  ...[0x04, 0x22, 0x04, 0x20],
];

/** What stands between seed and public key in version 2: [1] BIT STRING. */
const PKCS8_V2_PUBLIC = [0x81, 0x21, 0x00];

/** SubjectPublicKeyInfo: SEQUENCE { { id-Ed25519 }, BIT STRING }. */
const SPKI = [
  ...[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70],
  ...[0x03, 0x21, 0x00],
];

/** True when the bytes begin like PEM text. */
export function looksLikePem(bytes: Uint8Array): boolean {
  return startsWith(bytes, [...new TextEncoder().encode("-----BEGIN ")]);
}

/**
 * Returns the DER inside one PEM block. Strict (RFC 7468 §3): nothing before or
 * after the block, full lines of 64 characters, one kind of line end, padded
 * base64 without stray bits.
 */
export function decodePem(
  bytes: Uint8Array,
  label: PemLabel,
): Parsed<Uint8Array<ArrayBuffer>> {
  const text = String.fromCharCode(...bytes.subarray(0, 4096));
  if (bytes.length > 4096) {
    return refuse(
      "it is far longer than an Ed25519 key",
      `Give a file that holds one "${label}" block and nothing else.`,
    );
  }
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = text.split(lineEnd);
  if (lines.at(-1) === "") lines.pop();
  const found = /^-----BEGIN ([A-Z0-9 ]+)-----$/.exec(lines[0] ?? "")?.[1];
  if (found !== label) return refuse(...labelProblem(found, label));
  if (lines.at(-1) !== `-----END ${label}-----`) {
    return refuse(
      `its last line is not "-----END ${label}-----"`,
      "The file must hold exactly one PEM block, without text around it.",
    );
  }
  const body = lines.slice(1, -1);
  const regular = body.length > 0 &&
    body.every((line, index) =>
      index < body.length - 1
        ? line.length === LINE
        : line.length > 0 && line.length <= LINE
    );
  const der = regular ? fromBase64Strict(body.join("")) : null;
  if (der === null) {
    return refuse(
      "what stands between its PEM lines is not base64 in lines of 64 characters",
      'Write the key anew, for instance with "openssl pkey -in OLD -out NEW".',
    );
  }
  return { ok: true, value: new Uint8Array(der) };
}

/** Returns one PEM block, lines of 64 characters, ending in a newline. */
export function encodePem(label: PemLabel, der: Uint8Array): string {
  const lines = toBase64(der).match(/.{1,64}/g) ?? [];
  return [
    `-----BEGIN ${label}-----`,
    ...lines,
    `-----END ${label}-----`,
    "",
  ].join("\n");
}

/** Reads the two PKCS#8 forms of an Ed25519 private key (RFC 8410 §7). */
export function decodePkcs8(der: Uint8Array): Parsed<Pkcs8Key> {
  const seed = new Uint8Array(der.slice(16, 48));
  if (der.length === 48 && startsWith(der, PKCS8_V1)) {
    return { ok: true, value: { seed, publicKey: null } };
  }
  if (
    der.length === 83 && startsWith(der, PKCS8_V2) &&
    startsWith(der.subarray(48), PKCS8_V2_PUBLIC)
  ) {
    const publicKey = new Uint8Array(der.slice(51));
    return { ok: true, value: { seed, publicKey } };
  }
  return refuse(
    "it is not an Ed25519 key in PKCS#8 form",
    'Only Ed25519 keys sign receipts; make one with "csc keygen".',
  );
}

/** Returns the PKCS#8 version 1 form of a 32-byte seed. */
export function encodePkcs8(seed: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(...PKCS8_V1, ...seed);
}

/** Reads the one SPKI form of an Ed25519 public key (RFC 8410 §4). */
export function decodeSpki(der: Uint8Array): Parsed<Uint8Array<ArrayBuffer>> {
  if (der.length === 44 && startsWith(der, SPKI)) {
    return { ok: true, value: new Uint8Array(der.slice(12)) };
  }
  return refuse(
    "it is not an Ed25519 key in SubjectPublicKeyInfo form",
    "Receipts are signed with Ed25519 only; give the public half of such a key.",
  );
}

/** Returns the SPKI form of a 32-byte public key. */
export function encodeSpki(publicKey: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(...SPKI, ...publicKey);
}

/** True when `bytes` begins with `head`. */
function startsWith(bytes: Uint8Array, head: readonly number[]): boolean {
  return bytes.length >= head.length &&
    head.every((byte, index) => bytes[index] === byte);
}

function refuse(
  reason: string,
  hint: string,
): { readonly ok: false; readonly reason: string; readonly hint: string } {
  return { ok: false, reason, hint };
}

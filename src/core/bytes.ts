/**
 * Bytes and text: UTF-8, hexadecimal and base64, each with one spelling.
 *
 * The readers return `null` instead of guessing: a second spelling of the same
 * bytes would let two documents with different digests mean the same thing.
 *
 * @module
 */

const ENCODER = new TextEncoder();

const STRICT_BASE64 =
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Encodes text as UTF-8. A lone surrogate becomes U+FFFD, so text that is
 * hashed or signed must be well-formed: see `canonical.ts`.
 */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return ENCODER.encode(text);
}

/** Decodes UTF-8, a byte order mark included; `null` when the bytes are not UTF-8. */
export function fromUtf8Strict(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
  } catch {
    // The decoder throws for one reason only: malformed input.
    return null;
  }
}

/** Lower-case hexadecimal digits. */
export function toHex(bytes: Uint8Array): string {
  return bytes.toHex();
}

/** Reads hexadecimal digits of either case; `null` for anything else. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | null {
  return /^(?:[0-9A-Fa-f]{2})*$/.test(text) ? Uint8Array.fromHex(text) : null;
}

/** Standard base64 with padding (RFC 4648 §4). */
export function toBase64(bytes: Uint8Array): string {
  return bytes.toBase64();
}

/**
 * Reads base64 as protocol §6 wants it: padded, no white space, not the
 * URL-safe alphabet, no bits set behind the last byte. `null` for anything else.
 */
export function fromBase64Strict(text: string): Uint8Array<ArrayBuffer> | null {
  if (!STRICT_BASE64.test(text)) return null;
  const bytes = Uint8Array.fromBase64(text);
  // Stray trailing bits are dropped by the decoder; they show in the way back.
  return bytes.toBase64() === text ? bytes : null;
}

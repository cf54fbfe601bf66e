/**
 * What is said of a key that cannot be used, never with a byte of it. Bundled
 * apart (scripts/build/apart.ts).
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import { KEY_LENGTH } from "./ed25519.ts";
import type { PemLabel } from "./pem.ts";

/** Says why a block with another label cannot be used, and what to do. */
export function labelProblem(
  found: string | undefined,
  wanted: PemLabel,
): [reason: string, hint: string] {
  if (found === undefined) {
    return [
      "it does not begin with a PEM line",
      `The first line must be "-----BEGIN ${wanted}-----".`,
    ];
  }
  const reason = `it holds ${JSON.stringify(found)}, not "${wanted}"`;
  switch (found) {
    case "ENCRYPTED PRIVATE KEY":
      return [reason, 'Decrypt it first: "openssl pkey -in OLD -out NEW".'];
    case "OPENSSH PRIVATE KEY":
      return [
        reason,
        'OpenSSH has its own form; make a key with "csc keygen" instead.',
      ];
    case "PRIVATE KEY":
      return [
        reason,
        "Give the public half; keep the private one to yourself.",
      ];
    case "PUBLIC KEY":
      return [reason, "A public key cannot sign; give the private half."];
    default:
      return [reason, `Convert the key to a "${wanted}" block.`];
  }
}

/** The error for a key file whose two halves are not of one pair. */
export function halvesDiffer(bytes: Uint8Array, source: string): CscError {
  return keyError(
    "private",
    source,
    "its public half does not belong to its private half",
    isHexText(bytes)
      ? "The file looks like hexadecimal text; decode it to 32 raw bytes first."
      : "The file is damaged or mixes two keys; take it from its origin again.",
  );
}

/** Says what a file of the wrong length probably is. */
export function lengthProblem(
  bytes: Uint8Array,
  secret: boolean,
): [reason: string, hint: string] {
  const form = secret
    ? "32 raw bytes, 64 raw bytes or PKCS#8 PEM"
    : "32 raw bytes or SPKI PEM";
  const reason =
    `it has ${bytes.length} bytes and is not PEM; expected ${form}`;
  if (isHexText(bytes)) {
    return [reason, "It looks like hexadecimal text; decode it to raw bytes."];
  }
  if (bytes.length === KEY_LENGTH + 1 && bytes.at(-1) === 0x0a) {
    return [reason, "Remove the line end after the 32 bytes."];
  }
  return [reason, 'Make a key pair with "csc keygen".'];
}

/** True for text of hexadecimal digits, with or without a line end. */
function isHexText(bytes: Uint8Array): boolean {
  return bytes.length >= 2 * KEY_LENGTH &&
    bytes.every((byte, index) =>
      (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) ||
      (byte >= 0x61 && byte <= 0x66) ||
      (index >= 2 * KEY_LENGTH && (byte === 0x0a || byte === 0x0d))
    );
}

/** The error for a key file that cannot be used. */
export function keyError(
  half: "private" | "public",
  source: string,
  reason: string,
  hint: string,
): CscError {
  return new CscError(
    "KEY_INVALID",
    `cannot load ${half} key ${quote(source)}: ${reason}`,
    { hint },
  );
}

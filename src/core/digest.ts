/**
 * The one digest of csc.
 *
 * @module
 */
import { toHex } from "./bytes.ts";

/** SHA-256 as 64 lower-case hexadecimal digits (protocol §4). */
export async function sha256Hex(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/**
 * Key ids that name files.
 *
 * @module
 */
import { sha256Hex } from "../core/digest.ts";
import { quote } from "../core/text.ts";
import type { KeyPair } from "../sign/file_signer.ts";
import { checkKeyId } from "../sign/key_id.ts";
import { usage } from "./arguments.ts";

/** A name that two keys will hardly share, and that says nothing. */
export async function defaultKeyId(
  { publicKey }: Pick<KeyPair, "publicKey">,
): Promise<string> {
  const digest = await sha256Hex(new Uint8Array(publicKey));
  return `csc-${digest.slice(0, 12)}`;
}

/** The id names files, so it must not lead anywhere else; throws USAGE. */
export function checkKeyFileName(keyId: string, verb: string): void {
  checkKeyId(keyId);
  if (!keyId.includes("/") && !keyId.startsWith(".")) return;
  throw usage(
    { name: verb },
    `key id ${quote(keyId)} cannot be a file name: it begins with a dot or ` +
      "holds a slash",
  );
}

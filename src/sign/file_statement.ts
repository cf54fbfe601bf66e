/**
 * What a detached signature of a file says: its name, size and digest. The
 * statement is signed, not the file's bytes, so that no file can be made whose
 * signature would also be that of a receipt or of anything else csc signs.
 *
 * @module
 */
import { canonicalBytes } from "../core/canonical.ts";
import { sha256Hex } from "../core/digest.ts";
import { CscError } from "../core/errors.ts";
import { isJsonObject, type JsonValue, parseJson } from "../core/json.ts";
import { quote } from "../core/text.ts";
import {
  type Envelope,
  type OpenedEnvelope,
  openEnvelope,
  sealEnvelope,
} from "./dsse.ts";
import type { Keyring } from "./keyring.ts";
import type { Signer } from "./signer.ts";

/** Type of the payload in the envelope. */
export const FILE_PAYLOAD_TYPE = "application/vnd.csc.file.v0.1+json";

const VERSION = "csc.file.v0.1";
const MAX_STATEMENT_BYTES = 64 * 1024;

/** What was found out about a file and its signature. */
export interface FileVerdict {
  readonly valid: boolean;
  readonly code: "VALID" | "KEY_NOT_TRUSTED" | "FILE_DIFFERS";
  readonly message: string;
  readonly key_id: string | null;
}

/** Signs a file under its name (no directory). */
export async function signFile(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  signer: Signer,
): Promise<Envelope> {
  const statement = {
    file_statement_version: VERSION,
    name,
    size: bytes.length,
    sha256: await sha256Hex(bytes),
  };
  return await sealEnvelope(
    FILE_PAYLOAD_TYPE,
    canonicalBytes(statement),
    signer,
  );
}

/**
 * Does this signature belong to these bytes, made by a trusted key?
 *
 * @param source Where the signature comes from, for messages.
 * @throws CscError SIGNATURE_INVALID when it is no signature of a file.
 */
export async function verifyFile(
  bytes: Uint8Array<ArrayBuffer>,
  signature: JsonValue,
  keyring: Keyring,
  source: string,
): Promise<FileVerdict> {
  const opened = await openEnvelope(
    signature,
    FILE_PAYLOAD_TYPE,
    keyring,
    source,
  );
  const [keyId] = opened.keyIds;
  if (keyId === undefined) {
    const trusted = keyring.keyIds.map((id) => quote(id)).join(", ");
    return {
      valid: false,
      code: "KEY_NOT_TRUSTED",
      message: `no signature in ${quote(source)} is by a trusted key ` +
        `(${trusted})`,
      key_id: null,
    };
  }
  const { name, size, sha256 } = readStatement(opened, source);
  const found = await sha256Hex(bytes);
  if (bytes.length !== size || found !== sha256) {
    return {
      valid: false,
      code: "FILE_DIFFERS",
      message: `the file has ${bytes.length} bytes and sha256 ${found}, ` +
        `signed were ${size} bytes of ${quote(name)} with sha256 ${sha256}`,
      key_id: keyId,
    };
  }
  return {
    valid: true,
    code: "VALID",
    message: `signed as ${quote(name)} by key ${quote(keyId)}`,
    key_id: keyId,
  };
}

/** Only reached under a valid signature: what is wrong here, the signer made. */
function readStatement({ payload }: OpenedEnvelope, source: string) {
  const value = parseJson(payload, {
    source,
    what: "file statement",
    maxBytes: MAX_STATEMENT_BYTES,
    numbers: "plain-integer",
  });
  if (isJsonObject(value)) {
    const { file_statement_version: version, name, size, sha256 } = value;
    if (
      version === VERSION && typeof name === "string" &&
      typeof size === "number" && typeof sha256 === "string"
    ) return { name, size, sha256 };
  }
  throw new CscError(
    "SIGNATURE_INVALID",
    `read signature ${quote(source)}: its statement is not of version ` +
      quote(VERSION),
    { hint: "Verify it with the csc that made it, or a newer one." },
  );
}

/**
 * Verification of a signed receipt (protocol §6, "Signature").
 *
 * The receipt is untrusted in every byte; the keyring is the verifier's own.
 * The checks run in the protocol's order, the first that fails gives the
 * verdict, and each has a code of its own: a forged receipt must fail for the
 * right reason.
 *
 * @module
 */
import { fromBase64Strict } from "../core/bytes.ts";
import { causeText, isCscError } from "../core/errors.ts";
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  parseJson,
} from "../core/json.ts";
import { quote } from "../core/text.ts";
import { checkReceipt, RECEIPT_VERSION } from "../protocol/receipt.ts";
import { parseRfc3339 } from "../protocol/rfc3339.ts";
import {
  isPublicKey,
  SIGNATURE_LENGTH,
  verifyEd25519,
} from "../sign/ed25519.ts";
import { receiptSignedBytes, SIGNATURE_ALGORITHM } from "../sign/envelope.ts";
import type { Keyring } from "../sign/keyring.ts";
import {
  EVIDENCE_VERSION,
  evidenceSha256,
  parseBinding,
  PAST_EVIDENCE_VERSIONS,
} from "./evidence_binding.ts";

/** Every outcome of a verification, in the order of the checks. */
export type VerdictCode =
  | "VERSION_UNKNOWN"
  | "SCHEMA_INVALID"
  | "SIGNATURE_MISSING"
  | "SIGNATURE_MALFORMED"
  | "ALGORITHM_UNSUPPORTED"
  | "KEY_ID_MISSING"
  | "SIGNATURE_VALUE_MISSING"
  | "ENCODING_MALFORMED"
  | "KEY_ID_UNKNOWN"
  | "PUBLIC_KEY_INVALID"
  | "NOT_CANONICAL"
  | "SIGNATURE_INVALID"
  | "EVIDENCE_NOT_BOUND"
  | "EVIDENCE_MISMATCH"
  | "VALID";

/** What a verification found. */
export interface ReceiptVerdict {
  readonly valid: boolean;
  readonly code: VerdictCode;
  /** For people; untrusted values in it are quoted. */
  readonly message: string;
  /** The trusted key that was selected; null before one was. */
  readonly key_id: string | null;
}

/** The members of a signature object; there are no others. */
const SIGNATURE_MEMBERS = ["algorithm", "key_id", "signed_at", "signature"];

/** Evidence larger than this is not read, bytes. */
const MAX_EVIDENCE_BYTES = 16 * 1024 * 1024;

/** A signature object whose parts have the right form. */
interface SignatureParts {
  readonly keyId: string;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/**
 * Verifies a receipt, and the evidence document too when its bytes are given.
 *
 * Never throws for anything that stands in the receipt or the evidence.
 *
 * @param value The receipt, parsed strictly (`parseJson`, plain integers).
 * @param keyring Keys that the verifier trusts, from its own store.
 * @param evidence The bytes of the evidence file; its canonical digest must be
 * the one that the receipt's `sandbox_profile_id` names.
 */
export async function verifyReceipt(
  value: JsonValue,
  keyring: Keyring,
  evidence?: Uint8Array,
): Promise<ReceiptVerdict> {
  const unfit = checkDocument(value);
  if (unfit !== null) return unfit;
  // The schema has just shown that it is an object.
  const receipt = value as JsonObject;
  const parts = readSignature(receipt);
  if ("code" in parts) return parts;
  const refused = await checkSignature(receipt, parts, keyring);
  if (refused !== null) return refused;
  const also = evidence === undefined
    ? ""
    : await checkEvidence(receipt, parts, evidence);
  if (typeof also !== "string") return also;
  return {
    valid: true,
    code: "VALID",
    message: `the signature by key ${quote(parts.keyId)} is valid${also}`,
    key_id: parts.keyId,
  };
}

/** Version and schema, the signature aside: that has verdicts of its own. */
function checkDocument(value: JsonValue): ReceiptVerdict | null {
  const version = isJsonObject(value) && Object.hasOwn(value, "receipt_version")
    ? value["receipt_version"]
    : undefined;
  if (typeof version === "string" && version !== RECEIPT_VERSION) {
    return refuse(
      "VERSION_UNKNOWN",
      `receipt_version ${quote(version)} is unknown; ` +
        `this csc reads ${quote(RECEIPT_VERSION)}`,
    );
  }
  const [first, ...more] = checkReceipt(value);
  if (first === undefined) return null;
  const rest = more.length === 0 ? "" : ` (and ${more.length} more)`;
  return refuse(
    "SCHEMA_INVALID",
    `the receipt is not valid at ${
      quote(first.where)
    }: ${first.message}${rest}`,
  );
}

/** The form of the signature object; nothing here needs a key. */
function readSignature(receipt: JsonObject): SignatureParts | ReceiptVerdict {
  const object = ownMember(receipt, "signature");
  if (object === null) {
    return refuse("SIGNATURE_MISSING", "the receipt is not signed");
  }
  if (!isJsonObject(object)) {
    return refuse("SIGNATURE_MALFORMED", "its signature is not an object");
  }
  const fault = malformation(object);
  if (fault !== null) return refuse("SIGNATURE_MALFORMED", fault);

  const algorithm = ownMember(object, "algorithm");
  if (algorithm !== SIGNATURE_ALGORITHM) {
    return refuse(
      "ALGORITHM_UNSUPPORTED",
      algorithm === null
        ? "the signature names no algorithm"
        : `the signature's algorithm ${quote(String(algorithm))} is not ` +
          quote(SIGNATURE_ALGORITHM),
    );
  }
  const keyId = ownMember(object, "key_id");
  if (typeof keyId !== "string" || keyId === "") {
    return refuse("KEY_ID_MISSING", "the signature names no key_id");
  }
  const text = ownMember(object, "signature");
  if (typeof text !== "string" || text === "") {
    return refuse("SIGNATURE_VALUE_MISSING", "the signature has no value");
  }
  const signature = fromBase64Strict(text);
  if (signature === null || signature.length !== SIGNATURE_LENGTH) {
    return refuse(
      "ENCODING_MALFORMED",
      "the signature's value is not strict base64 of 64 bytes",
    );
  }
  return { keyId, signature };
}

/** Says why a signature object is not of the protocol's shape, or null. */
function malformation(object: JsonObject): string | null {
  for (const [name, member] of Object.entries(object)) {
    if (!SIGNATURE_MEMBERS.includes(name)) {
      return `its signature has an unknown member ${quote(name)}`;
    }
    if (typeof member !== "string" && member !== null) {
      return `its signature's ${name} is not a string`;
    }
  }
  const signedAt = ownMember(object, "signed_at");
  if (typeof signedAt !== "string" || parseRfc3339(signedAt) === null) {
    return "its signature's signed_at is not an RFC 3339 date-time";
  }
  return null;
}

/** Selects the key and verifies; the key id in the receipt only selects. */
async function checkSignature(
  receipt: JsonObject,
  { keyId, signature }: SignatureParts,
  keyring: Keyring,
): Promise<ReceiptVerdict | null> {
  const key = keyring.select(keyId);
  if (key === null) {
    const trusted = keyring.keyIds.map((id) => quote(id)).join(", ");
    return refuse(
      "KEY_ID_UNKNOWN",
      `key id ${quote(keyId)} is not trusted here; trusted: ${
        trusted || "none"
      }`,
    );
  }
  if (!await isPublicKey(key.publicKey)) {
    return refuse(
      "PUBLIC_KEY_INVALID",
      `the public key trusted as ${quote(keyId)} is no usable Ed25519 key`,
      keyId,
    );
  }
  const bytes = signedBytes(receipt);
  if (typeof bytes === "string") return refuse("NOT_CANONICAL", bytes, keyId);
  if (!await verifyEd25519(key.publicKey, bytes, signature)) {
    return refuse(
      "SIGNATURE_INVALID",
      `the signature does not fit the receipt and key ${quote(keyId)}`,
      keyId,
    );
  }
  return null;
}

/** The signed bytes, or why the receipt has none. */
function signedBytes(receipt: JsonObject): Uint8Array | string {
  try {
    return receiptSignedBytes(receipt);
  } catch (error) {
    if (!isCscError(error) || error.code !== "NOT_CANONICAL") throw error;
    return `the receipt has no canonical form: ${error.message}`;
  }
}

/**
 * Compares the evidence with the digest that the signature covers; what is
 * there to say where they agree.
 */
async function checkEvidence(
  receipt: JsonObject,
  { keyId }: SignatureParts,
  evidence: Uint8Array,
): Promise<ReceiptVerdict | string> {
  const id = ownMember(receipt, "sandbox_profile_id");
  const binding = typeof id === "string" ? parseBinding(id) : null;
  if (binding === null) {
    return refuse(
      "EVIDENCE_NOT_BOUND",
      "the receipt's sandbox_profile_id names no evidence",
      keyId,
    );
  }
  let found: string;
  let value: JsonValue;
  try {
    value = parseJson(evidence, {
      source: "evidence",
      what: "evidence",
      maxBytes: MAX_EVIDENCE_BYTES,
      numbers: "plain-integer",
    });
    found = await evidenceSha256(value);
  } catch (error) {
    if (!isCscError(error)) throw error;
    const why = causeText(error);
    return refuse("EVIDENCE_MISMATCH", `the evidence is unfit: ${why}`, keyId);
  }
  if (found === binding.evidenceSha256) {
    return ` and binds the evidence given${versionRemark(value)}`;
  }
  return refuse(
    "EVIDENCE_MISMATCH",
    `the evidence has sha256 ${found}, the receipt names ` +
      binding.evidenceSha256,
    keyId,
  );
}

/** Nothing for evidence of today's format; the digest binds that of any. */
function versionRemark(evidence: JsonValue): string {
  const version = isJsonObject(evidence)
    ? ownMember(evidence, "evidence_version")
    : null;
  if (version === EVIDENCE_VERSION) return "";
  if (typeof version !== "string") return ", which names no format";
  return PAST_EVIDENCE_VERSIONS.includes(version)
    ? `, of the earlier format ${quote(version)}`
    : `, of the format ${quote(version)}, which this csc does not know`;
}

/** An own member; null when it is absent, as the protocol treats both alike. */
function ownMember(object: JsonObject, name: string): JsonValue {
  return Object.hasOwn(object, name) ? object[name] ?? null : null;
}

function refuse(
  code: Exclude<VerdictCode, "VALID">,
  message: string,
  keyId: string | null = null,
): ReceiptVerdict {
  return { valid: false, code, message, key_id: keyId };
}

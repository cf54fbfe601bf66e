/**
 * DSSE envelopes: a payload, its type, and signatures over both. The type is
 * under the signature, so a signature for one kind of statement can never be
 * shown as one for another kind, or as that of a receipt.
 *
 * @module
 */
import { fromBase64Strict, toBase64, utf8 } from "../core/bytes.ts";
import { CscError } from "../core/errors.ts";
import { isJsonObject, type JsonValue } from "../core/json.ts";
import { quote } from "../core/text.ts";
import { verifyEd25519 } from "./ed25519.ts";
import type { Keyring } from "./keyring.ts";
import type { Signer } from "./signer.ts";

/** An envelope as it is written. */
export interface Envelope {
  readonly payloadType: string;
  /** Standard base64. */
  readonly payload: string;
  readonly signatures: readonly {
    readonly keyid: string;
    readonly sig: string;
  }[];
}

/** A payload whose signature was checked. */
export interface OpenedEnvelope {
  readonly payload: Uint8Array;
  /** The trusted keys whose signatures hold, in the order of the envelope. */
  readonly keyIds: readonly string[];
}

/** Signs a payload. */
export async function sealEnvelope(
  payloadType: string,
  payload: Uint8Array,
  signer: Signer,
): Promise<Envelope> {
  const sig = await signer.sign(preAuthentication(payloadType, payload));
  return {
    payloadType,
    payload: toBase64(payload),
    signatures: [{ keyid: signer.keyId, sig: toBase64(sig) }],
  };
}

/**
 * Opens an envelope: the payload with the ids of the trusted keys that signed
 * it; none when no signature holds. Key ids only select among trusted keys.
 *
 * @param source Where the envelope comes from, for messages.
 * @throws CscError SIGNATURE_INVALID when it is no envelope, or one of another
 * type.
 */
export async function openEnvelope(
  value: JsonValue,
  payloadType: string,
  keyring: Keyring,
  source: string,
): Promise<OpenedEnvelope> {
  const envelope = readEnvelope(value, source);
  if (envelope.payloadType !== payloadType) {
    throw broken(
      source,
      `it signs ${quote(envelope.payloadType)}, expected ${quote(payloadType)}`,
    );
  }
  const { payload, signatures } = envelope;
  const signed = preAuthentication(payloadType, payload);
  const keyIds: string[] = [];
  for (const { keyid, sig } of signatures) {
    const key = keyring.select(keyid);
    if (key === null || keyIds.includes(keyid)) continue;
    if (await verifyEd25519(key.publicKey, signed, sig)) keyIds.push(keyid);
  }
  return { payload, keyIds };
}

interface ReadEnvelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  readonly signatures: readonly { keyid: string; sig: Uint8Array }[];
}

/** The bytes that are signed: every part with its length before it. */
function preAuthentication(type: string, payload: Uint8Array): Uint8Array {
  const typeLength = utf8(type).length;
  const head = utf8(`DSSEv1 ${typeLength} ${type} ${payload.length} `);
  const all = new Uint8Array(head.length + payload.length);
  all.set(head);
  all.set(payload, head.length);
  return all;
}

function readEnvelope(value: JsonValue, source: string): ReadEnvelope {
  if (!isJsonObject(value)) throw broken(source, "it is no JSON object");
  const { payloadType, payload, signatures, ...others } = value;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw broken(source, `it has an unknown member ${quote(unknown)}`);
  }
  if (typeof payloadType !== "string" || typeof payload !== "string") {
    throw broken(source, '"payloadType" and "payload" must be strings');
  }
  const bytes = fromBase64Strict(payload);
  if (bytes === null) throw broken(source, '"payload" is no base64');
  if (!Array.isArray(signatures) || signatures.length === 0) {
    throw broken(source, '"signatures" must be a list that is not empty');
  }
  return {
    payloadType,
    payload: bytes,
    signatures: signatures.map((one) => readSignature(one, source)),
  };
}

function readSignature(value: JsonValue, source: string) {
  const keyid = isJsonObject(value) ? value["keyid"] : undefined;
  const sig = isJsonObject(value) ? value["sig"] : undefined;
  const bytes = typeof sig === "string" ? fromBase64Strict(sig) : null;
  if (typeof keyid !== "string" || bytes === null) {
    throw broken(source, 'a signature needs "keyid" and "sig" (base64)');
  }
  return { keyid, sig: bytes };
}

function broken(source: string, reason: string): CscError {
  return new CscError(
    "SIGNATURE_INVALID",
    `read signature ${quote(source)}: ${reason}`,
    { hint: "Get the signature file again from where the signed file is." },
  );
}

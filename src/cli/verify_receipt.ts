/**
 * `csc verify-receipt RECEIPT`: was this signed by that key, and does the
 * evidence belong to it?
 *
 * @module
 */
import { CscError, isCscError } from "../core/errors.ts";
import { type JsonValue, parseJson } from "../core/json.ts";
import { MAX_RECEIPT_BYTES } from "../protocol/limits.ts";
import { verifyReceipt } from "../receipt/verify.ts";
import { loadPublicKey } from "../sign/file_signer.ts";
import { type Keyring, makeKeyring } from "../sign/keyring.ts";
import { type Arguments, usage } from "./arguments.ts";
import type { Backends } from "./backends.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { readInput, readPublicKey } from "./inputs.ts";

/** What `--json` prints; also the shape of what `verifyReceipt` returns. */
interface Answer {
  readonly valid: boolean;
  readonly code: string;
  readonly message: string;
  readonly key_id: string | null;
}

/** Performs the verb. */
export async function verifyReceiptVerb(
  args: Arguments,
  { terminal }: Backends,
): Promise<ExitCode> {
  const keyring = keyringOf(args);
  const evidencePath = args.options.get("--evidence");
  const evidence = evidencePath === undefined ? undefined : readInput({
    path: evidencePath,
    what: "evidence",
    maxBytes: MAX_RECEIPT_BYTES,
  }).bytes;
  const json = args.switches.has("--json");
  const answer = await verify(args.operands[0] ?? "", keyring, evidence, json);
  terminal.out(
    json ? `${JSON.stringify(answer, null, 2)}\n` : describe(answer),
  );
  return answer.valid ? EXIT.OK : EXIT.FAILED;
}

/** The keys that the caller trusts; nothing in the receipt adds to them. */
function keyringOf(args: Arguments): Keyring {
  const path = args.options.get("--public-key");
  const keyId = args.options.get("--key-id");
  if (path === undefined || keyId === undefined) {
    const missing = path === undefined ? "--public-key" : "--key-id";
    throw usage({ name: "verify-receipt" }, `flag "${missing}" is missing`);
  }
  const { bytes, source } = readPublicKey(path);
  return makeKeyring([{ keyId, publicKey: loadPublicKey(bytes, source) }]);
}

async function verify(
  path: string,
  keyring: Keyring,
  evidence: Uint8Array | undefined,
  json: boolean,
): Promise<Answer> {
  const { bytes, source } = readInput({
    path,
    what: "receipt",
    maxBytes: MAX_RECEIPT_BYTES,
  });
  let value: JsonValue;
  try {
    value = parseJson(bytes, {
      source,
      what: "receipt",
      maxBytes: MAX_RECEIPT_BYTES,
      numbers: "plain-integer",
    });
  } catch (error) {
    // A program that asked for JSON gets JSON about a broken receipt as well.
    if (json && isCscError(error)) return unparsed(error);
    throw error;
  }
  return await verifyReceipt(value, keyring, evidence);
}

function unparsed(error: CscError): Answer {
  const { code, message } = error;
  return { valid: false, code, message, key_id: null };
}

function describe({ valid, code, message }: Answer): string {
  return valid ? `valid: ${message}\n` : `invalid: ${code}: ${message}\n`;
}

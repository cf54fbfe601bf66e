/**
 * `csc verify-receipt RECEIPT`: was this signed by that key, and does the
 * evidence belong to it?
 *
 * @module
 */
import { isCscError } from "../core/errors.ts";
import { parseJson } from "../core/json.ts";
import { MAX_RECEIPT_BYTES } from "../protocol/limits.ts";
import { verifyReceipt } from "../receipt/verify.ts";
import { loadPublicKey } from "../sign/file_signer.ts";
import { type Keyring, makeKeyring } from "../sign/keyring.ts";
import { type Arguments, usage } from "./arguments.ts";
import type { Backends } from "./backends.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { readInput, readPublicKey } from "./inputs.ts";

const VERB = { name: "verify-receipt" };

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
  const { switches } = args;
  const json = switches.has("--json");
  if (json && switches.has("--quiet")) {
    throw usage(VERB, '"--quiet" and "--json" contradict each other');
  }
  const answer = await answerTo(args, json);
  if (json) terminal.out(`${JSON.stringify(answer, null, 2)}\n`);
  else if (!switches.has("--quiet")) terminal.out(describe(answer));
  return answer.valid ? EXIT.OK : EXIT.FAILED;
}

/** A program that asked for JSON gets JSON about unreadable files as well. */
async function answerTo(args: Arguments, json: boolean): Promise<Answer> {
  try {
    return await verify(args);
  } catch (error) {
    if (!json || !isCscError(error) || error.code === "USAGE") throw error;
    const { code, message } = error;
    return { valid: false, code, message, key_id: null };
  }
}

/** The keys that the caller trusts; nothing in the receipt adds to them. */
function keyringOf(args: Arguments): Keyring {
  const path = args.options.get("--public-key");
  const keyId = args.options.get("--key-id");
  if (path === undefined || keyId === undefined) {
    const missing = path === undefined ? "--public-key" : "--key-id";
    throw usage(VERB, `flag "${missing}" is missing`);
  }
  const { bytes, source } = readPublicKey(path);
  return makeKeyring([{ keyId, publicKey: loadPublicKey(bytes, source) }]);
}

async function verify(args: Arguments): Promise<Answer> {
  const keyring = keyringOf(args);
  const evidencePath = args.options.get("--evidence");
  const evidence = evidencePath === undefined ? undefined : readInput({
    path: evidencePath,
    what: "evidence",
    maxBytes: MAX_RECEIPT_BYTES,
  }).bytes;
  const what = "receipt";
  const maxBytes = MAX_RECEIPT_BYTES;
  const { bytes, source } = readInput({
    path: args.operands[0] ?? "",
    what,
    maxBytes,
  });
  const numbers = "plain-integer";
  const value = parseJson(bytes, { source, what, maxBytes, numbers });
  return await verifyReceipt(value, keyring, evidence);
}

function describe({ valid, code, message }: Answer): string {
  return valid ? `valid: ${message}\n` : `invalid: ${code}: ${message}\n`;
}

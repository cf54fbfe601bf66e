/**
 * `csc verify-receipt RECEIPT`: was this signed by that key, and does the
 * evidence belong to it?
 *
 * @module
 */
import { loadConfig } from "../config/find.ts";
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
import { openTrustStore } from "./trust_store.ts";

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
  backends: Backends,
): Promise<ExitCode> {
  const { terminal } = backends;
  const { switches } = args;
  const json = switches.has("--json");
  if (json && switches.has("--quiet")) {
    throw usage(VERB, '"--quiet" and "--json" contradict each other');
  }
  const answer = await answerTo(args, json, backends);
  if (json) terminal.out(`${JSON.stringify(answer, null, 2)}\n`);
  else if (!switches.has("--quiet")) terminal.out(describe(answer));
  return answer.valid ? EXIT.OK : EXIT.FAILED;
}

/** A program that asked for JSON gets JSON about unreadable files as well. */
async function answerTo(
  args: Arguments,
  json: boolean,
  backends: Backends,
): Promise<Answer> {
  try {
    return await verify(args, await keyringOf(args, backends));
  } catch (error) {
    if (!json || !isCscError(error) || error.code === "USAGE") throw error;
    const { code, message } = error;
    return { valid: false, code, message, key_id: null };
  }
}

/** The keys that the caller trusts; nothing in the receipt adds to them. */
async function keyringOf(
  { options }: Arguments,
  { uid, env }: Backends,
): Promise<Keyring> {
  const path = options.get("--public-key");
  const keyId = options.get("--key-id");
  if (path === undefined) {
    const named = options.get("--config");
    // The only flag of this verb that a configuration may forbid.
    const flags = {
      options: new Map(named === undefined ? [] : [["--config", named]]),
      switches: new Set<string>(),
    };
    const sources = { named, uid: uid(), env, flags };
    const { trust_store } = await loadConfig(sources);
    if (trust_store !== undefined) {
      return openTrustStore(trust_store, uid(), keyId);
    }
    throw usage(
      VERB,
      'flag "--public-key" is missing, and no trust_store is configured',
    );
  }
  if (keyId === undefined) throw usage(VERB, 'flag "--key-id" is missing');
  const { bytes, source } = readPublicKey(path);
  return makeKeyring([{ keyId, publicKey: loadPublicKey(bytes, source) }]);
}

async function verify(args: Arguments, keyring: Keyring): Promise<Answer> {
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

/**
 * `csc sign-file FILE` and `csc verify-file FILE SIGNATURE`: a detached Ed25519
 * signature of any file, for releases and what goes with them.
 *
 * @module
 */
import { parseJson } from "../core/json.ts";
import { refuseUnsetClock } from "../run/clock.ts";
import { loadPublicKey, loadSigner } from "../sign/file_signer.ts";
import { signFile, verifyFile } from "../sign/file_statement.ts";
import { makeKeyring } from "../sign/keyring.ts";
import { type Arguments, usage } from "./arguments.ts";
import type { Backends } from "./backends.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { readInput, readPrivateKey, readPublicKey } from "./inputs.ts";

/** Larger files are signed by signing a list of their digests. */
const MAX_FILE_BYTES = 1024 * 1024 * 1024;
const MAX_SIGNATURE_BYTES = 128 * 1024;

/** Performs `sign-file`: the signature goes to standard output. */
export async function signFileVerb(
  args: Arguments,
  { terminal, uid, clock }: Backends,
): Promise<ExitCode> {
  refuseUnsetClock(clock.now());
  const [path = ""] = args.operands;
  const keyId = needed(args, "sign-file", "--key-id");
  const key = readPrivateKey(needed(args, "sign-file", "--signing-key"), uid());
  const signer = await loadSigner(key.bytes, keyId, key.source);
  key.bytes.fill(0);
  const file = readInput({ path, what: "file", maxBytes: MAX_FILE_BYTES });
  const name = path === "-" ? "-" : path.slice(path.lastIndexOf("/") + 1);
  const envelope = await signFile(name, new Uint8Array(file.bytes), signer);
  terminal.out(`${JSON.stringify(envelope)}\n`);
  return EXIT.OK;
}

/** Performs `verify-file`. */
export async function verifyFileVerb(
  args: Arguments,
  { terminal }: Backends,
): Promise<ExitCode> {
  const [path = "", signaturePath = ""] = args.operands;
  const keyId = needed(args, "verify-file", "--key-id");
  const key = readPublicKey(needed(args, "verify-file", "--public-key"));
  const keyring = makeKeyring([
    { keyId, publicKey: loadPublicKey(key.bytes, key.source) },
  ]);
  const limits = { what: "signature", maxBytes: MAX_SIGNATURE_BYTES };
  const { bytes, source } = readInput({ path: signaturePath, ...limits });
  const signature = parseJson(bytes, {
    ...limits,
    source,
    numbers: "plain-integer",
  });
  const file = readInput({ path, what: "file", maxBytes: MAX_FILE_BYTES });
  const verdict = await verifyFile(
    new Uint8Array(file.bytes),
    signature,
    keyring,
    source,
  );
  const { valid, code, message } = verdict;
  terminal.out(
    args.switches.has("--json")
      ? `${JSON.stringify(verdict, null, 2)}\n`
      : valid
      ? `valid: ${message}\n`
      : `invalid: ${code}: ${message}\n`,
  );
  return valid ? EXIT.OK : EXIT.FAILED;
}

function needed(args: Arguments, name: string, flag: string): string {
  const value = args.options.get(flag);
  if (value === undefined) throw usage({ name }, `flag "${flag}" is missing`);
  return value;
}

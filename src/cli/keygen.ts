/**
 * `csc keygen`: a new Ed25519 key pair in files.
 *
 * @module
 */
import { utf8 } from "../core/bytes.ts";
import { causeText, CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import { generateKeyPair, type KeyPair } from "../sign/file_signer.ts";
import type { Arguments } from "./arguments.ts";
import type { Backends } from "./backends.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { checkKeyFileName, defaultKeyId } from "./key_names.ts";
import { createFile } from "./new_file.ts";
import { shellWord } from "./shell_word.ts";

/** One file of a key pair. */
interface KeyFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
}

const SECRET = 0o600;
const PUBLIC = 0o644;

/** Performs the verb. */
export async function keygen(
  args: Arguments,
  { terminal, random }: Backends,
): Promise<ExitCode> {
  const pair = await generateKeyPair(random);
  const keyId = args.options.get("--key-id") ?? await defaultKeyId(pair);
  checkKeyFileName(keyId, "keygen");
  const directory = args.options.get("--out") ?? ".";
  const raw = args.switches.has("--raw");
  const files = filesOf(
    pair,
    `${directory.replace(/\/+$/, "") || "/"}/${keyId}`,
    raw,
  );
  writeNew(directory, files);
  pair.seed.fill(0);
  const paths = files.map(({ path }) => path);
  terminal.out(
    args.switches.has("--json")
      ? `${JSON.stringify({ key_id: keyId, files: paths }, null, 2)}\n`
      : describe(keyId, paths) + placeNote(directory),
  );
  return EXIT.OK;
}

function filesOf(pair: KeyPair, stem: string, raw: boolean): KeyFile[] {
  const files: KeyFile[] = [
    { path: `${stem}.key`, bytes: utf8(pair.privatePem), mode: SECRET },
    { path: `${stem}.pub`, bytes: utf8(pair.publicPem), mode: PUBLIC },
  ];
  if (!raw) return files;
  return [
    ...files,
    { path: `${stem}.seed`, bytes: pair.seed, mode: SECRET },
    { path: `${stem}.pub.raw`, bytes: pair.publicKey, mode: PUBLIC },
  ];
}

/** All files or none; an existing one is never touched. */
function writeNew(directory: string, files: readonly KeyFile[]): void {
  const made: string[] = [];
  try {
    Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const { path, bytes, mode } of files) {
      createFile(path, bytes, mode);
      made.push(path);
    }
  } catch (error) {
    for (const path of made) Deno.removeSync(path);
    const next = files[made.length]?.path ?? directory;
    throw unwritable(next, error);
  }
}

function unwritable(path: string, error: unknown): CscError {
  const exists = error instanceof Deno.errors.AlreadyExists;
  return new CscError(
    "KEY_INVALID",
    `write key ${quote(path)}: ` +
      (exists ? "a file of that name exists" : causeText(error)),
    {
      hint: exists
        ? 'Keys are never overwritten; choose another "--key-id" or "--out".'
        : 'Name a writable directory with "--out DIR".',
      cause: error,
    },
  );
}

/** A command may reach its working directory, and must not reach a key. */
function placeNote(directory: string): string {
  const place = Deno.realPathSync(directory);
  const cwd = Deno.realPathSync(".");
  if (!`${place}/`.startsWith(cwd === "/" ? cwd : `${cwd}/`)) return "";
  return 'note: a key in the working directory is in the way of "csc exec" ' +
    'there; "--out ~/.config/csc/keys" would put it elsewhere\n';
}

function describe(keyId: string, paths: readonly string[]): string {
  const [key = "", publicKey = ""] = paths;
  return [
    `key id: ${keyId}`,
    ...paths.map((path) => `wrote: ${path}`),
    `sign with: --signing-key ${shellWord(key)} --key-id ${shellWord(keyId)}`,
    `verify with: --public-key ${shellWord(publicKey)} --key-id ${
      shellWord(keyId)
    }`,
    "",
  ].join("\n");
}

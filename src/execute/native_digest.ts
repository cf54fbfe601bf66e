/**
 * Identity and digest of whole files, on a thread of their own; loaded for a
 * file whose digest is not remembered, and by local mode.
 *
 * @module
 */
import { toHex } from "../core/bytes.ts";
import type { FileDigest } from "./executables.ts";
import { openBridge } from "./native.ts";
import { decodeFile, type ObservedFile } from "./observation.ts";

const SYMBOLS = {
  csc_digest: {
    parameters: ["buffer", "buffer", "u32"],
    result: "i32",
    nonblocking: true,
  },
} as const;

/** struct csc_digest: struct csc_observed_file, two numbers, the digest. */
const DIGEST_LEN = 88;
const TIMES_KEPT_AT = 48;
const SHA256_AT = 56;

let bridge: Deno.DynamicLibrary<typeof SYMBOLS> | undefined;

/** Reads a file through links, as execve finds it, and digests it. */
export async function digestFile(path: string): Promise<FileDigest> {
  const bytes = await ask(path, true);
  const view = new DataView(bytes.buffer);
  const { errno, identity } = decodeFile(view, 0);
  return {
    errno,
    identity,
    sha256: toHex(bytes.subarray(SHA256_AT)),
    timesAreKept: view.getUint32(TIMES_KEPT_AT, true) === 1,
  };
}

/** What identifies a file and its content, without reading it. */
export async function identifyFile(path: string): Promise<ObservedFile> {
  return decodeFile(new DataView((await ask(path, false)).buffer), 0);
}

async function ask(
  path: string,
  digest: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  bridge ??= openBridge(SYMBOLS);
  const name = new TextEncoder().encode(`${path}\0`);
  const bytes = new Uint8Array(DIGEST_LEN);
  await bridge.symbols.csc_digest(name, bytes, digest ? 1 : 0);
  // FFI holds addresses only: used here, both live until now.
  if (name.length === 0) throw new Error("digest a file: it has no name");
  return bytes;
}

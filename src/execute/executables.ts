/**
 * Which program ran: path and SHA-256 of the executable of each segment.
 *
 * PID 1 has noted what identifies each file as the sandbox shows it, right
 * before the start. A digest counts only for a file of that very identity, so
 * that neither a change since nor another file at the same path on the host
 * gets into the evidence.
 *
 * @module
 */
import type { JsonObject } from "../core/json.ts";
import { errnoText } from "./errno.ts";
import type { ObservedFile } from "./observation.ts";

/** Digests of files that were read before. Losing it costs time only. */
export interface DigestMemory {
  /** The digest of the file of this identity, or null. */
  find(identity: string): string | null;
  remember(identity: string, sha256: string): void;
}

/** What reading a file came to. */
export interface FileDigest {
  /** Not 0: it could not be read. */
  readonly errno: number;
  /** As `fileIdentity`; the same before and after it was read. */
  readonly identity: string;
  readonly sha256: string;
  /** Its file system is one whose times the kernel itself keeps. */
  readonly timesAreKept: boolean;
}

/** What is needed to tell the digests. */
export interface DigestSources {
  /** Null where nothing is remembered from run to run. */
  readonly memory: DigestMemory | null;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/**
 * A file changed so recently may change again without its times showing it: the
 * kernel's clock for files has ticks.
 */
const SETTLED_NS = 2_000_000_000n;

/**
 * The evidence of one executable.
 *
 * @param file What PID 1 saw.
 * @param early The digest, where it had to be taken before the command started
 * because the command may write to the file.
 */
export async function executableEvidence(
  path: string,
  file: ObservedFile,
  early: Promise<FileDigest> | null,
  { memory, now }: DigestSources,
): Promise<JsonObject> {
  if (file.errno !== 0) {
    return { path, sha256: null, reason: errnoText(file.errno) };
  }
  const { device, inode, size } = file;
  const known = { path, device, inode, size };
  const age = BigInt(now()) * 1_000_000n - file.ctimeNs;
  const settled = age > SETTLED_NS;
  const remembered = settled && early === null
    ? memory?.find(file.identity) ?? null
    : null;
  if (remembered !== null) return { ...known, sha256: remembered };
  const digest = await (early ?? digestFile(path));
  if (digest.errno !== 0) {
    return { ...known, sha256: null, reason: errnoText(digest.errno) };
  }
  if (digest.identity !== file.identity) {
    return { ...known, sha256: null, reason: "it changed during the run" };
  }
  if (settled && digest.timesAreKept) {
    memory?.remember(file.identity, digest.sha256);
  }
  return { ...known, sha256: digest.sha256 };
}

/** Reads and digests a file, through links, as execve finds it. */
export async function digestFile(path: string): Promise<FileDigest> {
  // A chunk of its own: most files have been met before.
  return await (await import("./native_digest.ts")).digestFile(path);
}

/**
 * The place of a receipt and its evidence, opened before anything runs: who
 * cannot write there learns it while nothing has happened yet.
 *
 * @module
 */
import { utf8 } from "../core/bytes.ts";
import { causeText, CscError, isCscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import type { HeldDirectory } from "../execute/native.ts";

/** Where one receipt will be written. */
export interface ReceiptOutput {
  /** Path of the receipt as the caller wrote it. */
  readonly path: string;
  /**
   * Writes evidence, then receipt, each atomically over what is there; both are
   * durable when it returns. The receipt comes last: it never names evidence
   * that is not there. Throws STATE_UNAVAILABLE.
   */
  write(evidence: string, receipt: string): void;
}

const FILE_MODE = 0o644;

/** Added to a receipt's path, this is the path of its evidence. */
export const EVIDENCE_SUFFIX = ".evidence.json";

/**
 * Makes the receipt's directory if it is absent and opens it.
 *
 * @param path Path of the receipt file.
 * @param open Opens a directory by descriptor (execute/native.ts).
 * @param inputs Paths of what this run reads: a receipt never replaces them.
 * @throws CscError STATE_UNAVAILABLE when a file cannot be made there, or when
 * something is there that a receipt must not replace.
 */
export function openReceiptOutput(
  path: string,
  open: (path: string) => HeldDirectory,
  inputs: readonly string[],
): ReceiptOutput {
  const slash = path.lastIndexOf("/");
  const name = path.slice(slash + 1);
  if (name === "" || name === "." || name === "..") {
    throw unwritable(path, "it names a directory, not a file");
  }
  if (path === "-") {
    throw unwritable(path, 'it names no file; "--json" prints the receipt');
  }
  try {
    const parent = slash < 0 ? "." : path.slice(0, slash + 1);
    Deno.mkdirSync(parent, { recursive: true });
    const directory = Deno.realPathSync(parent);
    for (const file of [name, `${name}${EVIDENCE_SUFFIX}`]) {
      refuseReplacing(`${directory}/${file}`, path, inputs);
    }
    // Only making a file proves that one can be made (read-only mounts, quotas).
    Deno.removeSync(Deno.makeTempFileSync({ dir: directory, prefix: ".csc-" }));
    const held = open(directory);
    return {
      path,
      write(evidence, receipt) {
        held.replaceEarly(
          `${name}${EVIDENCE_SUFFIX}`,
          utf8(evidence),
          FILE_MODE,
        );
        held.replace(name, utf8(receipt), FILE_MODE);
        held.close();
      },
    };
  } catch (error) {
    if (isCscError(error)) throw error;
    throw unwritable(path, causeText(error), error);
  }
}

/**
 * The receipt takes the place of what is there, so that must be an ordinary
 * file (no device, no link to one), and none that this run reads.
 */
function refuseReplacing(
  file: string,
  path: string,
  inputs: readonly string[],
): void {
  const there = infoOf(file, Deno.lstatSync);
  if (there === null) return;
  if (!there.isFile) {
    throw unwritable(path, `${quote(file)} is ${kindOf(there)}`);
  }
  const input = inputs.find((one) => {
    const info = infoOf(one, Deno.statSync);
    return info !== null && info.ino === there.ino && info.dev === there.dev;
  });
  if (input !== undefined) {
    throw unwritable(path, `it would replace ${quote(input)}, which is read`);
  }
}

function kindOf(info: Deno.FileInfo): string {
  if (info.isDirectory) return "a directory";
  return info.isSymlink ? "a symbolic link" : "no ordinary file";
}

/** Null for what is not there. */
function infoOf(
  path: string,
  ask: (path: string) => Deno.FileInfo,
): Deno.FileInfo | null {
  try {
    return ask(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function unwritable(path: string, why: string, cause?: unknown): CscError {
  return new CscError(
    "STATE_UNAVAILABLE",
    `write receipt ${quote(path)}: ${why}`,
    { hint: 'Name a writable place with "--receipt-out FILE".', cause },
  );
}

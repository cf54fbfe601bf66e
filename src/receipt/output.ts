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
  /** Receipt and evidence, links resolved: no command may reach them. */
  readonly files: readonly string[];
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
const EVIDENCE_SUFFIX = ".evidence.json";

/**
 * Makes the receipt's directory if it is absent and opens it.
 *
 * @param path Path of the receipt file.
 * @param open Opens a directory by descriptor (execute/native.ts).
 * @throws CscError STATE_UNAVAILABLE when a file cannot be made there.
 */
export function openReceiptOutput(
  path: string,
  open: (path: string) => HeldDirectory,
): ReceiptOutput {
  const slash = path.lastIndexOf("/");
  const name = path.slice(slash + 1);
  if (name === "" || name === "." || name === "..") {
    throw unwritable(path, "it names a directory, not a file");
  }
  try {
    const parent = slash < 0 ? "." : path.slice(0, slash + 1);
    Deno.mkdirSync(parent, { recursive: true });
    const directory = Deno.realPathSync(parent);
    if (isDirectory(`${directory}/${name}`)) {
      throw unwritable(path, "it is a directory");
    }
    // Only making a file proves that one can be made (read-only mounts, quotas).
    Deno.removeSync(Deno.makeTempFileSync({ dir: directory, prefix: ".csc-" }));
    const held = open(directory);
    return {
      files: [`${directory}/${name}`, `${directory}/${name}${EVIDENCE_SUFFIX}`],
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

function isDirectory(path: string): boolean {
  try {
    return Deno.lstatSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
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

/**
 * The place of a receipt and its evidence, opened before anything runs: who
 * cannot write there learns it while nothing has happened yet.
 *
 * @module
 */
import { utf8 } from "../core/bytes.ts";
import { causeText, CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import type { HeldDirectory } from "../execute/held_directory.ts";

/** Where one receipt will be written. */
export interface ReceiptOutput {
  /** Path of the receipt as the caller wrote it. */
  readonly path: string;
  /** Where receipt and evidence will really lie: their paths without links. */
  readonly places: readonly string[];
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

/** More than any receipt or evidence has, bytes; what is larger is neither. */
const MAX_OLD_BYTES = 16 * 1024 * 1024;

/**
 * Makes the receipt's directory if it is absent and opens it. From then on only
 * the descriptor counts, whatever the path leads to meanwhile.
 *
 * @param path Path of the receipt file; links of its directory are the caller's
 * own.
 * @param open Opens a directory by descriptor (execute/held_directory.ts).
 * @throws CscError STATE_UNAVAILABLE when a file cannot be made there, or when
 * something is there that a receipt must not replace.
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
  if (path === "-") {
    throw unwritable(path, 'it names no file; "--json" prints the receipt');
  }
  const evidenceName = `${name}${EVIDENCE_SUFFIX}`;
  try {
    const parent = slash < 0 ? "." : path.slice(0, slash + 1);
    Deno.mkdirSync(parent, { recursive: true });
    const held = open(parent);
    refuseReplacing(held, name, "receipt");
    refuseReplacing(held, evidenceName, "evidence");
    held.tryMaking();
    const place = held.place();
    return {
      path,
      places: [name, evidenceName].map((one) =>
        place === "/" ? `/${one}` : `${place}/${one}`
      ),
      write(evidence, receipt) {
        held.replaceEarly(evidenceName, utf8(evidence), FILE_MODE);
        held.replace(name, utf8(receipt), FILE_MODE);
        held.close();
      },
    };
  } catch (error) {
    throw unwritable(path, causeText(error), error);
  }
}

/**
 * The receipt takes the place of an older one and of nothing else: no device,
 * no link, no contract, key or other file that somebody would miss. An empty
 * file (mktemp) is nothing to miss.
 */
function refuseReplacing(
  held: HeldDirectory,
  name: string,
  what: "receipt" | "evidence",
): void {
  const there = held.read(name, MAX_OLD_BYTES);
  if (there === null || there.length === 0 || isOld(there, what)) return;
  throw new Error(
    `${quote(name)} is there already, and is no ${what} of csc`,
  );
}

function isOld(bytes: Uint8Array, what: "receipt" | "evidence"): boolean {
  try {
    const document = JSON.parse(new TextDecoder().decode(bytes));
    return String(document?.[`${what}_version`]).startsWith(`csc.${what}.`);
  } catch {
    return false;
  }
}

function unwritable(path: string, why: string, cause?: unknown): CscError {
  return new CscError(
    "STATE_UNAVAILABLE",
    `write receipt ${quote(path)}: ${why}`,
    { hint: 'Name another place with "--receipt-out FILE".', cause },
  );
}

/**
 * Used approvals as files: one per approval and contract, created exclusively,
 * so the file system decides a race and a crash cannot lose the answer.
 *
 * @module
 */
import { utf8 } from "../core/bytes.ts";
import { canonicalText } from "../core/canonical.ts";
import { sha256Hex } from "../core/digest.ts";
import type { ApprovalStore, Consumption } from "./store.ts";

/** The one thing this store asks of a directory. */
export interface OnceDirectory {
  /** Creates `name` exclusively, durable when it returns; false if it exists. */
  createOnce(name: string, bytes: Uint8Array, mode: number): boolean;
}

/** Version of the file format. */
const CONSUMPTION_VERSION = "csc.consumption.v0.1";

/**
 * Makes the store.
 *
 * @param openDirectory Opens where the files are (or gives what is open
 * already), only when an approval is used; may throw STATE_UNAVAILABLE.
 */
export function createFileApprovalStore(
  openDirectory: () => OnceDirectory,
): ApprovalStore {
  let opened: OnceDirectory | null = null;
  const directory = () => opened ??= openDirectory();
  return {
    open: () => void directory(),
    consume: async (use) => {
      const name = await consumptionName(use);
      const record = canonicalText({
        consumption_version: CONSUMPTION_VERSION,
        approval_id: use.approval.approval_id,
        contract_sha256: use.contractSha256,
        execution_id: use.executionId,
        consumed_at: use.at,
      });
      return directory().createOnce(name, utf8(`${record}\n`), 0o600);
    },
  };
}

/**
 * The file name: a digest, because an approval id may hold anything. The
 * contract's digest has a fixed length and stands last, so no two pairs share
 * one text.
 */
function consumptionName(use: Consumption): Promise<string> {
  const key = `${use.approval.approval_id}\n${use.contractSha256}`;
  return sha256Hex(utf8(key.toWellFormed()));
}

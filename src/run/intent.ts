/**
 * The intent record: proof, after a crash, of what was about to be started.
 *
 * @module
 */
import type { JsonObject } from "../core/json.ts";
import type { ExecutionMode } from "../execute/executor.ts";
import { formatRfc3339 } from "../protocol/rfc3339.ts";
import type { Account } from "./account.ts";

/** Version of the record's format. */
const INTENT_VERSION = "csc.intent.v0.1";

/** Says which run is about to start its first command. Pure. */
export function intentRecord(
  account: Account,
  mode: ExecutionMode,
): JsonObject {
  return {
    intent_version: INTENT_VERSION,
    execution_id: account.executionId,
    contract_id: account.contract.contract_id,
    contract_sha256: account.contractSha256,
    policy_profile: account.policy.policy.name,
    policy_sha256: account.policy.sha256,
    approval_id: account.approval?.approval_id ?? null,
    execution_mode: mode,
    started_at: formatRfc3339(account.startedAt),
    commands:
      account.prepared?.commands.map(({ id, plan }) => ({ id, plan })) ??
        [],
  };
}

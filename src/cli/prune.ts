/**
 * `csc prune`: takes away records of runs that the configured retention no
 * longer keeps. A verb, so that no run takes longer and nothing vanishes
 * without being asked for.
 *
 * @module
 */
import type { RetentionConfig } from "../config/config.ts";
import { loadConfig } from "../config/find.ts";
import { CscError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import {
  type Expired,
  expiredRuns,
  removeRun,
  type StoredRun,
  storedRuns,
} from "../log/retention.ts";
import { formatRfc3339 } from "../protocol/rfc3339.ts";
import { refuseUnsetClock } from "../run/clock.ts";
import type { Arguments } from "./arguments.ts";
import type { Backends } from "./backends.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { storedState } from "./stored_state.ts";

const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;

/** What was, or would be, taken away. */
interface Pruned {
  readonly dryRun: boolean;
  readonly expired: readonly Expired[];
  readonly kept: readonly StoredRun[];
}

/** Performs the verb. */
export async function prune(
  args: Arguments,
  { terminal, clock, uid, env }: Backends,
): Promise<ExitCode> {
  const { options, switches } = args;
  const now = clock.now();
  // Of whatever a clock says that is wrong, nothing should be too old.
  refuseUnsetClock(now);
  const named = options.get("--config");
  const config = await loadConfig({ named, uid: uid(), env, flags: args });
  const limits = limitsOf(config.retention);
  const { real } = await storedState(args, { uid, env });
  const runs = real === null ? [] : storedRuns(real);
  const expired = expiredRuns(runs, limits, now);
  const dryRun = switches.has("--dry-run");
  if (!dryRun) { for (const { run } of expired) removeRun(run); }
  const gone = new Set(expired.map(({ run }) => run.id));
  const kept = runs.filter(({ id }) => !gone.has(id));
  const pruned = { dryRun, expired, kept };
  terminal.out(
    switches.has("--json")
      ? `${JSON.stringify(prunedJson(pruned), null, 2)}\n`
      : describe(pruned),
  );
  return EXIT.OK;
}

function limitsOf(retention: RetentionConfig = {}) {
  const { max_age_days, max_mb } = retention;
  if (max_age_days === undefined && max_mb === undefined) {
    throw new CscError(
      "CONFIG_INVALID",
      "prune records of runs: no retention is configured, so all are kept",
      {
        hint: "Say in the configuration what stays, for instance " +
          '"retention: {max_age_days: 90, max_mb: 1024}".',
      },
    );
  }
  return {
    maxAgeMs: max_age_days === undefined ? null : max_age_days * DAY_MS,
    maxBytes: max_mb === undefined ? null : max_mb * MIB,
  };
}

function prunedJson({ dryRun, expired, kept }: Pruned): JsonObject {
  return {
    dry_run: dryRun,
    removed: expired.map(({ run, because }) => ({
      execution_id: run.id,
      started_at: formatRfc3339(run.startedAt),
      bytes: run.bytes,
      because,
    })),
    kept: {
      runs: kept.length,
      bytes: bytesOf(kept),
      unfinished: unfinished(kept),
    },
  };
}

function describe({ dryRun, expired, kept }: Pruned): string {
  const count = (why: Expired["because"]) =>
    expired.filter(({ because }) => because === why).length;
  const waiting = unfinished(kept);
  const lines = [
    `${dryRun ? "would remove" : "removed"}: ${
      amount(expired.map(({ run }) => run))
    } (${count("age")} too old, ${count("size")} too much)`,
    `${dryRun ? "would keep" : "kept"}: ${amount(kept)}` +
    (waiting === 0 ? "" : `, ${waiting} of them without a receipt`),
  ];
  return `${lines.join("\n")}\n`;
}

function amount(runs: readonly StoredRun[]): string {
  const mib = (bytesOf(runs) / MIB).toFixed(1);
  return `${runs.length} ${runs.length === 1 ? "run" : "runs"}, ${mib} MiB`;
}

function bytesOf(runs: readonly StoredRun[]): number {
  return runs.reduce((sum, { bytes }) => sum + bytes, 0);
}

function unfinished(runs: readonly StoredRun[]): number {
  return runs.filter(({ finished }) => !finished).length;
}

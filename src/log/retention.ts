/**
 * Which records of runs go, and taking them away (design, "State directory").
 *
 * A record is what lies in `runs/ID` and, where no other place was named for
 * the receipt, in `receipts/ID.json`. Used approvals are never forgotten: one
 * could be used again.
 *
 * @module
 */
import { causeText, CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";

/** The record of one run. */
export interface StoredRun {
  readonly id: string;
  /** Milliseconds since the Unix epoch, from the id. */
  readonly startedAt: number;
  /** Sizes of its files together. */
  readonly bytes: number;
  /** It has a receipt: the run is over. */
  readonly finished: boolean;
  readonly paths: readonly string[];
}

/** What may stay; null: all of it. */
export interface RetentionLimits {
  readonly maxAgeMs: number | null;
  readonly maxBytes: number | null;
}

/** A record that goes, and why. */
export interface Expired {
  readonly run: StoredRun;
  readonly because: "age" | "size";
}

/**
 * A run without a receipt may be going on: a contract has many commands, and
 * each may take a day. So it stays for this long at least, milliseconds.
 */
export const UNFINISHED_MS = 7 * 86_400_000;

/** A UUID of version 7; the time is in its first 48 bits. */
const EXECUTION_ID =
  /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Files beside a record in `receipts/`. */
const RECEIPT_SUFFIXES = [".json", ".json.evidence.json"];

/**
 * Every record in a state directory, the oldest first. What has no id for a
 * name is none of csc's and is left alone.
 *
 * @throws CscError STATE_UNAVAILABLE.
 */
export function storedRuns(state: string): StoredRun[] {
  return namesIn(`${state}/runs`).flatMap((id): StoredRun[] => {
    const startedAt = startedAtOf(id);
    if (startedAt === null) return [];
    const own = `${state}/runs/${id}`;
    const files = namesIn(own);
    const receipts = RECEIPT_SUFFIXES.map((end) =>
      `${state}/receipts/${id}${end}`
    )
      .filter((path) => sizeOf(path) !== null);
    const sizes = [...files.map((name) => `${own}/${name}`), ...receipts]
      .map((path) => sizeOf(path) ?? 0);
    return [{
      id,
      startedAt,
      bytes: sizes.reduce((sum, size) => sum + size, 0),
      finished: files.includes("receipt.json"),
      // The record last: a receipt without one would be found no more.
      paths: [...receipts, own],
    }];
  }).sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1));
}

/** When a run started, milliseconds since the Unix epoch; null for no id. */
export function startedAtOf(id: string): number | null {
  const [, high, low] = EXECUTION_ID.exec(id) ?? [];
  return high === undefined || low === undefined
    ? null
    : parseInt(high + low, 16);
}

/**
 * Names in a directory; none where there is no such directory. Throws
 * STATE_UNAVAILABLE.
 */
export function namesIn(directory: string): string[] {
  try {
    return [...Deno.readDirSync(directory)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw failed("read", directory, error);
  }
}

function sizeOf(path: string): number | null {
  try {
    return Deno.lstatSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw failed("read", path, error);
  }
}

/**
 * The records that go: those older than allowed, then the oldest of the rest
 * until they fit. Pure.
 *
 * @param runs The oldest first.
 */
export function expiredRuns(
  runs: readonly StoredRun[],
  { maxAgeMs, maxBytes }: RetentionLimits,
  now: number,
): Expired[] {
  const expired: Expired[] = [];
  let left = runs.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const run of runs) {
    const age = now - run.startedAt;
    if (!run.finished && age < UNFINISHED_MS) continue;
    const tooOld = maxAgeMs !== null && age > maxAgeMs;
    if (!tooOld && (maxBytes === null || left <= maxBytes)) continue;
    left -= run.bytes;
    expired.push({ run, because: tooOld ? "age" : "size" });
  }
  return expired;
}

/** Takes a record away. Throws STATE_UNAVAILABLE. */
export function removeRun({ paths }: StoredRun): void {
  for (const path of paths) {
    try {
      Deno.removeSync(path, { recursive: true });
    } catch (error) {
      // Somebody else prunes at the same time.
      if (error instanceof Deno.errors.NotFound) continue;
      throw failed("remove", path, error);
    }
  }
}

function failed(what: string, path: string, cause: unknown): CscError {
  return new CscError(
    "STATE_UNAVAILABLE",
    `${what} record ${quote(path)}: ${causeText(cause)}`,
    {
      hint: "The state directory must be the caller's own, and intact.",
      cause,
    },
  );
}

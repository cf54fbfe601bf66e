/**
 * Is the clock set at all? A machine without a battery starts in 1970, and what
 * is decided, approved or signed then would carry a time that never was.
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import { formatRfc3339 } from "../protocol/rfc3339.ts";

/** 2020-01-01T00:00:00Z, milliseconds since the Unix epoch. */
const EARLIEST = 1_577_836_800_000;

/** Throws CLOCK_WRONG for a time before 2020. */
export function refuseUnsetClock(now: number): void {
  if (now >= EARLIEST) return;
  throw new CscError(
    "CLOCK_WRONG",
    `use the clock: it says ${quote(formatRfc3339(now))}, before 2020`,
    {
      hint:
        "Set it (date -s, or start the service that does), then try again: " +
        "decisions, approvals and receipts carry its time.",
    },
  );
}

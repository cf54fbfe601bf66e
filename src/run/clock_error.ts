/**
 * What is said of a clock that was never set. Bundled apart
 * (scripts/build/apart.ts).
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import { formatRfc3339 } from "../protocol/rfc3339.ts";

/** The clock says a time before 2020. */
export function clockUnset(now: number): CscError {
  return new CscError(
    "CLOCK_WRONG",
    `use the clock: it says ${quote(formatRfc3339(now))}, before 2020`,
    {
      hint:
        "Set it (date -s, or start the service that does), then try again: " +
        "decisions, approvals and receipts carry its time.",
    },
  );
}

/**
 * Is the clock set at all? A machine without a battery starts in 1970, and what
 * is decided, approved or signed then would carry a time that never was.
 *
 * @module
 */
import { clockUnset } from "./clock_error.ts";

/** 2020-01-01T00:00:00Z, milliseconds since the Unix epoch. */
const EARLIEST = 1_577_836_800_000;

/** Throws CLOCK_WRONG for a time before 2020. */
export function refuseUnsetClock(now: number): void {
  if (now < EARLIEST) throw clockUnset(now);
}

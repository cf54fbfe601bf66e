/**
 * Dates on the wire: RFC 3339 with an offset, nothing looser (protocol §6).
 *
 * `Date.parse` takes dates without a time, without an offset and in local
 * formats, and turns 30 February into 2 March.
 *
 * @module
 */

const DATE_TIME =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(\.\d+)?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

const MINUTE_MS = 60_000;

/**
 * Milliseconds since the Unix epoch, with a fraction where the text is finer;
 * `null` for what is no date. A leap second (`:60`) is refused: no clock that
 * csc reads shows one, and other readers of the protocol know none.
 */
export function parseRfc3339(text: string): number | null {
  const match = DATE_TIME.exec(text);
  if (match === null) return null;
  const part = (group: number): number => Number(match[group] ?? "0");
  const [year, month, day] = [part(1), part(2), part(3)];
  const [hour, minute, second] = [part(4), part(5), part(6)];
  const [offsetHour, offsetMinute] = [part(9), part(10)];
  if (hour > 23 || minute > 59 || second > 59) return null;
  if (offsetHour > 23 || offsetMinute > 59) return null;

  const date = new Date(0);
  // Not `Date.UTC`, which reads the years 0 to 99 as 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) {
    return null;
  }
  date.setUTCHours(hour, minute, second);
  const sign = match[8] === "-" ? -1 : 1;
  const offset = sign * (offsetHour * 60 + offsetMinute) * MINUTE_MS;
  return date.getTime() + part(7) * 1000 - offset;
}

/** RFC 3339 in UTC with milliseconds, from milliseconds since the Unix epoch. */
export function formatRfc3339(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

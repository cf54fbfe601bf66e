/**
 * What to say of a flag that a verb does not know. Bundled apart
 * (scripts/build/apart.ts).
 *
 * @module
 */
import { quote } from "../core/text.ts";
import { nearest } from "../core/nearest.ts";

/**
 * `; did you mean "--write"?` where a known flag is likely, else "". Of a
 * single letter the first flag that begins with it is meant: there are no short
 * spellings, but other tools have them. Pure.
 *
 * @param known The verb's flags, the likeliest first.
 */
export function flagAdvice(flag: string, known: readonly string[]): string {
  const near = /^-[A-Za-z]$/.test(flag)
    ? known.find((one) => one.startsWith(`-${flag}`)) ?? null
    : nearest(flag, known);
  return near === null ? "" : `; did you mean ${quote(near)}?`;
}

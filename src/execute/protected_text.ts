/**
 * What is said where a command has made what starts programs later. Bundled
 * apart (scripts/build/apart.ts).
 *
 * @module
 */
import { quote } from "../core/text.ts";
import type { ProtectedChange } from "../plan/protected.ts";

/** As many are named; the evidence has them all. */
const NAMED = 5;

/** A note for people. */
export function changesText(changes: readonly ProtectedChange[]): string {
  const named = changes.slice(0, NAMED)
    .map(({ path, change }) => `${quote(path)} (${change})`);
  const more = changes.length > NAMED
    ? ` and ${changes.length - NAMED} more`
    : "";
  return `protected paths changed during the run: ${
    named.join(", ")
  }${more}; ` +
    "look at them before anything there is used";
}

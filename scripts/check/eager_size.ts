/**
 * Rule: what every start of csc parses stays small. A KB costs 0.1 ms at each
 * start, used or not; what a verb needs alone is a chunk of its own.
 *
 * @module
 */
import type { Finding } from "./finding.ts";

/** Most that every start may parse, bytes. */
export const MAX_EAGER_BYTES = 100 * 1024;

/** A finding if the eager text of the bundle is too large. */
export function checkEagerSize(eager: string): Finding[] {
  if (eager.length <= MAX_EAGER_BYTES) return [];
  return [{
    path: "src/main.ts",
    line: 0,
    message:
      `every start would parse ${eager.length} bytes, at most ${MAX_EAGER_BYTES}: ` +
      "import what is seldom needed lazily",
  }];
}

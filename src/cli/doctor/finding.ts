/**
 * One line of `csc doctor`.
 *
 * @module
 */

/** How a check came out. */
export type Standing =
  /** As it should be. */
  | "ok"
  /** Hardened runs cannot work without it. */
  | "missing"
  /** Works, but with less than there could be. */
  | "weaker"
  /** Nothing is wrong; a person should know it. */
  | "note";

/** What one check found out. */
export interface Finding {
  /** Stable name, for programs. */
  readonly id: string;
  readonly standing: Standing;
  /** What was looked at and found, one line. */
  readonly text: string;
  /** Exactly what to do, where something can be done; may have several lines. */
  readonly fix?: string;
}

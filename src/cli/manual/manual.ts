/**
 * The shape of the manual: one source for `csc help`, the man page, the
 * completions of shells and the tables of README.
 *
 * Texts are prose with `code` in backticks; each reader renders them its way.
 *
 * @module
 */

/** What stands where a value is expected, for completions. */
export type Completes = "file" | "directory" | "nothing";

/** One flag of a verb. */
export interface FlagText {
  readonly flag: string;
  /** Name of its value, in capitals; absent for a switch. */
  readonly value?: string;
  /** The values there are; absent where any text may stand. */
  readonly choices?: readonly string[];
  readonly completes?: Completes;
  readonly meaning: string;
}

/** One verb. */
export interface VerbText {
  readonly name: string;
  /** What follows the name, as in the verb table, for people. */
  readonly operands: string;
  /** A few words, without a full stop. */
  readonly summary: string;
  /** Paragraphs before the flags. */
  readonly about: readonly string[];
  readonly flags: readonly FlagText[];
  /** Paragraphs after the flags. */
  readonly notes?: readonly string[];
  /** What completes each operand. */
  readonly completes: Completes | readonly string[];
}

/** A topic that is no verb. */
export interface Topic {
  readonly name: string;
  readonly title: string;
  /** One that begins with a space is shown as it is. */
  readonly paragraphs: readonly string[];
}

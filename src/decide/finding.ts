/**
 * What a rule has to say against a contract.
 *
 * A finding is a value, never an exception: an exception out of a rule would
 * mean that csc itself is broken. Reason codes are public API: codes are added,
 * never renamed.
 *
 * @module
 */
import { quote } from "../core/text.ts";
import type { ReasonCode } from "../protocol/reason_codes.ts";

/** One objection to one thing in a contract. */
export interface Finding {
  readonly code: ReasonCode;
  /** The command it is about, or null for the contract as a whole. */
  readonly commandId: string | null;
  /** What kind of thing is objected to, in the words of the protocol. */
  readonly what: string;
  /** The offending value. Untrusted text: quoted wherever a person reads it. */
  readonly subject: string;
  /** The objection; completes the sentence `WHAT "SUBJECT" …`. */
  readonly problem: string;
}

/** Returns the finding as a line for people. */
export function reasonText(finding: Finding): string {
  const { commandId, what, subject, problem } = finding;
  const place = commandId === null ? "contract" : `command ${quote(commandId)}`;
  return `${place}: ${what} ${quote(subject)} ${problem}`;
}

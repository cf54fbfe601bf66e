/**
 * What a rule of the gate has to say about one place.
 *
 * @module
 */

/** One objection; an empty list of them is a pass. */
export interface Finding {
  /** Path relative to the root of the checkout. */
  readonly path: string;
  /** Line, from 1; 0 for the file as a whole. */
  readonly line: number;
  readonly message: string;
}

/** `path:line: message`, as editors and people read it. */
export function findingText({ path, line, message }: Finding): string {
  return line === 0 ? `${path}: ${message}` : `${path}:${line}: ${message}`;
}

/**
 * Rule: no note to oneself is left in the tree; what is to be done is an issue.
 *
 * @module
 */
import type { Finding } from "./finding.ts";
import type { SourceFile } from "./source.ts";

// In two parts, so that this file passes its own rule.
const NOTE = new RegExp(`\\b(?:TO${"DO"}|FIX${"ME"})\\b`);

/** One finding for each line with such a note. */
export function checkOpenNotes(files: readonly SourceFile[]): Finding[] {
  return files.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index) => {
      const note = NOTE.exec(line)?.[0];
      return note === undefined
        ? []
        : [{ path, line: index + 1, message: `"${note}": do it or drop it` }];
    })
  );
}

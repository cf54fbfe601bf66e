/**
 * What is said of bytes that are not the JSON they should be. Bundled apart
 * (scripts/build/apart.ts).
 *
 * @module
 */
import { CscError } from "./errors.ts";
import { quote } from "./text.ts";

/** The error for input above its size limit. */
export function tooLarge(
  size: number,
  options: {
    readonly source: string;
    readonly what: string;
    readonly maxBytes: number;
  },
): CscError {
  return new CscError(
    "INPUT_UNREADABLE",
    `read ${options.what} ${quote(options.source)}: ${size} bytes, ` +
      `the limit is ${options.maxBytes}`,
    { hint: `Make the ${options.what} smaller.` },
  );
}

/** "line L, column C" of an offset, both from 1, columns in characters. */
export function lineAndColumn(text: string, offset: number): string {
  let line = 1;
  let lineStart = 0;
  for (let index = text.indexOf("\n"); index !== -1 && index < offset;) {
    line++;
    lineStart = index + 1;
    index = text.indexOf("\n", lineStart);
  }
  const column = [...text.slice(lineStart, offset)].length + 1;
  return `line ${line}, column ${column}`;
}

/** The error for bytes that are not strict JSON, and where they are not. */
export function malformed(
  options: { readonly source: string; readonly what: string },
  cause: string,
  where?: string,
): CscError {
  const place = where === undefined ? "" : `${where}: `;
  return new CscError(
    "INPUT_MALFORMED",
    `parse ${options.what} ${quote(options.source)}: ${place}${cause}`,
    {
      hint: "Correct it there. JSON is read strictly: double quotes, no " +
        "comments, each key once, whole numbers, UTF-8 without a mark.",
      details: [{ where: where ?? "line 1, column 1", message: cause }],
    },
  );
}

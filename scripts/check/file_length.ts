/**
 * Rule: a file is about one thing, and so has no more than 350 lines.
 *
 * @module
 */
import type { Finding } from "./finding.ts";
import { isGenerated, type SourceFile } from "./source.ts";

const MAX_LINES = 350;
const CODE = /^(?:src|native|scripts|tests)\/.*\.(?:ts|js|c|h|S|sh|py)$/;

/** Tables: one entry a line, and splitting one would hide what it lists. */
const TABLES = new Set(["native/launcher/seccomp_table.h"]);

/** One finding for each file that is too long. */
export function checkFileLength(files: readonly SourceFile[]): Finding[] {
  return files
    .filter(({ path }) =>
      CODE.test(path) && !isGenerated(path) && !TABLES.has(path)
    )
    .flatMap(({ path, text }) => {
      const lines = text.replace(/\n$/, "").split("\n").length;
      const message =
        `${lines} lines, at most ${MAX_LINES}: split it by subject`;
      return lines > MAX_LINES ? [{ path, line: 0, message }] : [];
    });
}

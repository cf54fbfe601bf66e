/**
 * Rule: an error that a person meets names the next step. Only defects of csc
 * (INTERNAL) and values without a canonical form, which another error wraps,
 * go without.
 *
 * @module
 */
import type { Finding } from "./finding.ts";
import { isGenerated, isScript, type SourceFile } from "./source.ts";
import { type Token, tokenize } from "./tokens.ts";

const WITHOUT = new Set(["INTERNAL", "NOT_CANONICAL"]);

/** One finding for each `new CscError(…)` of src/ without a hint. */
export function checkErrorHints(files: readonly SourceFile[]): Finding[] {
  return files
    .filter(({ path }) =>
      path.startsWith("src/") && isScript(path) && !isGenerated(path)
    )
    .flatMap(({ path, text }) => {
      const tokens = tokenize(text);
      return tokens.flatMap((token, index) => {
        if (token.text !== "CscError" || tokens[index - 1]?.text !== "new") {
          return [];
        }
        const inside = argumentsFrom(tokens, index + 1);
        const hinted = inside.some(({ text }) => text === "hint");
        if (hinted || WITHOUT.has(inside[0]?.text ?? "")) return [];
        const message = "this error names no next step: give it a hint";
        return [{ path, line: token.line, message }];
      });
    });
}

/** What stands between the parenthesis at `open` and the one that closes it. */
function argumentsFrom(tokens: readonly Token[], open: number): Token[] {
  let depth = 0;
  for (let end = open; end < tokens.length; end++) {
    if (tokens[end]?.kind !== "punctuation") continue;
    if (tokens[end]?.text === "(") depth++;
    if (tokens[end]?.text === ")" && --depth === 0) {
      return tokens.slice(open + 1, end);
    }
  }
  return [];
}

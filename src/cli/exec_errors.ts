/**
 * What `csc exec` says of words that it cannot make a contract of. Bundled
 * apart (scripts/build/apart.ts).
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import { shellWord } from "./shell_word.ts";

function refused(why: string, hint = 'See "csc help exec".'): CscError {
  return new CscError("USAGE", `read the command line: ${why}`, { hint });
}

/**
 * The error for a whole command line in one word. Where a shell would read
 * more than words in it, taking the quotes away would run a part of it outside
 * of csc, so a shell within the sandbox is what is proposed.
 */
export function unsplit(program: string): CscError {
  const split = /[|&;<>$`'"\\()\n]/.test(program)
    ? `"csc exec -- sh -c ${shellWord(program)}"?`
    : `"csc exec -- ${program.trim().split(/\s+/).join(" ")}", without quotes?`;
  return refused(
    `there is no program ${quote(program)}; did you mean ${split}`,
  );
}

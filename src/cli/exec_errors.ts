/**
 * What `csc exec` says of words that it cannot make a contract of. Bundled
 * apart (scripts/build/apart.ts).
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import type { RunEnding } from "../run/account.ts";
import { shellWord } from "./shell_word.ts";

function refused(why: string, hint = 'See "csc help exec".'): CscError {
  return new CscError("USAGE", `read the command line: ${why}`, { hint });
}

/** A scope that a contract would read as a pattern, and so widen. */
export function patternScope(path: string): CscError {
  return refused(
    `scope ${quote(path)} holds "*", "?" or "[": as a pattern it would grant ` +
      "all of the directory that it lies in",
    "Name the directory itself. One with such a name can be reached from the " +
      "directory above it only.",
  );
}

/** What the hint on the ending of a run depends on. */
interface Ended {
  readonly exitCode: number | undefined;
  /** True where no policy was named. */
  readonly builtIn: boolean;
  /** Seconds, as text. */
  readonly timeout: string;
}

/**
 * The next step after a denial by the built-in policy, or after a timeout;
 * undefined where the ending has a better one of its own.
 */
export function endingHint(
  { denied, error }: RunEnding,
  { exitCode, builtIn, timeout }: Ended,
): string | undefined {
  // Its flags allow what they name, so a scope that names no directory is left.
  if (denied === true && builtIn) {
    return 'Name a directory with "--read DIR" or "--write DIR", "/" for the ' +
      "whole tree. For rules of your own, print the built-in policy, " +
      '"csc exec --print-policy … > policy.json", change it where no command ' +
      'can write, and repeat this call with "--policy policy.json".';
  }
  // A command that ends with 124 of its own accord leaves no error.
  return exitCode === 124 && error !== ""
    ? `Give it more time with "--timeout SECONDS" (now ${timeout}).`
    : undefined;
}

/** The error for a value that is none of those which a flag takes. */
export function noChoice(
  flag: string,
  value: string,
  choices: readonly string[],
): CscError {
  return refused(
    `${flag} ${quote(value)} is none of ${choices.join(", ")}`,
  );
}

/** The error for `--env NAME=VALUE`; what may be a secret is not repeated. */
export function valueInEnv(text: string): CscError {
  const name = text.slice(0, text.indexOf("="));
  return refused(
    `${quote(`${name}=…`)} is not a variable's name`,
    name === ""
      ? 'Name a variable that is set for csc: "--env NAME".'
      : `Set it for csc and say "--env ${shellWord(name)}".`,
  );
}

/** The note on variables that the command was to get and that csc has not. */
export function unsetNote(names: readonly string[]): string {
  const shown = names.map((name) => /^\w+$/.test(name) ? name : quote(name));
  return `note: ${shown.join(", ")} ${
    names.length === 1 ? "is" : "are"
  } not set here\n`;
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

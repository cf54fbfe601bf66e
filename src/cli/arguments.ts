/**
 * Reads the words after a verb: operands and flags, nothing clever. Each flag
 * has one spelling and, unless it makes a list, comes at most once;
 * `--flag value` and `--flag=value` mean the same; `--` ends the flags, and so
 * does the first operand where a command line follows.
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import { flagAdvice } from "./flag_advice.ts";

/** What a verb takes. */
export interface Syntax {
  readonly name: string;
  /**
   * Names of the operands, in order; one in brackets may be left out, and one
   * that ends in "...]" stands for all the rest, which are then a command line.
   */
  readonly operands: readonly string[];
  /** Flags without a value. */
  readonly switches: readonly string[];
  /** Flags with a value. */
  readonly options: readonly string[];
  /** Flags with a value that may come again. */
  readonly lists?: readonly string[];
}

/** What was typed. */
export interface Arguments {
  readonly operands: readonly string[];
  readonly switches: ReadonlySet<string>;
  readonly options: ReadonlyMap<string, string>;
  readonly lists: ReadonlyMap<string, readonly string[]>;
}

/** Switches that every verb takes. */
export const COMMON_SWITCHES: readonly string[] = ["--help", "-h"];

/** Reads the words after the verb; throws USAGE. */
export function parseArguments(
  words: readonly string[],
  syntax: Syntax,
): Arguments {
  const operands: string[] = [];
  const switches = new Set<string>();
  const options = new Map<string, string>();
  const lists = new Map<string, string[]>();
  const rest = takesCommandLine(syntax);
  refuseUndecodable(words);
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (word === "--") {
      operands.push(...words.slice(index + 1));
      break;
    }
    // A lone "-" stands for standard input.
    if (!word.startsWith("-") || word === "-") {
      operands.push(word);
      if (!rest) continue;
      operands.push(...words.slice(index + 1));
      break;
    }
    const equals = word.indexOf("=");
    const flag = equals < 0 ? word : word.slice(0, equals);
    if (switches.has(flag) || options.has(flag)) {
      throw usage(syntax, `flag ${quote(flag)} is given twice`);
    }
    if (COMMON_SWITCHES.includes(flag) || syntax.switches.includes(flag)) {
      if (equals >= 0) {
        throw usage(syntax, `flag ${quote(flag)} takes no value`);
      }
      switches.add(flag);
    } else if (syntax.options.includes(flag) || syntax.lists?.includes(flag)) {
      const value = equals < 0 ? words[++index] : word.slice(equals + 1);
      // "--" as a value must be "--flag=--": a forgotten value would let the
      // command that follows count as flags, or run without the flag.
      const forgotten = equals < 0 && value === "--";
      if (value === undefined || value === "" || forgotten) {
        throw usage(syntax, `flag ${quote(flag)} needs a value`);
      }
      if (syntax.options.includes(flag)) options.set(flag, value);
      else lists.set(flag, [...lists.get(flag) ?? [], value]);
    } else {
      throw unknownFlag(syntax, flag);
    }
  }
  if (!switches.has("--help") && !switches.has("-h")) {
    checkOperands(operands, syntax);
  }
  return { operands, switches, options, lists };
}

/**
 * Deno gives U+FFFD for every byte that is not UTF-8: of two such names csc
 * could open, or run, the wrong one.
 */
function refuseUndecodable(words: readonly string[]): void {
  const word = words.find((one) => one.includes("\ufffd"));
  if (word === undefined) return;
  throw new CscError(
    "USAGE",
    `read the command line: ${quote(word)} holds U+FFFD, which stands for ` +
      "bytes that are not UTF-8: what was meant cannot be told",
    {
      hint: "Rename what it names, or name the directory above it; " +
        "csc takes words in UTF-8 only.",
    },
  );
}

function takesCommandLine(syntax: Syntax): boolean {
  return syntax.operands.at(-1)?.endsWith("...]") === true;
}

function checkOperands(operands: readonly string[], syntax: Syntax): void {
  const missing = syntax.operands.slice(operands.length)
    .find((name) => !name.startsWith("["));
  if (missing !== undefined) {
    throw usage(syntax, `${missing} is missing`);
  }
  if (takesCommandLine(syntax)) return;
  const extra = operands[syntax.operands.length];
  if (extra !== undefined) {
    throw usage(syntax, `${quote(extra)} is one operand too many`);
  }
  if (operands.filter((operand) => operand === "-").length > 1) {
    throw usage(syntax, `only one operand can be "-", standard input`);
  }
}

function unknownFlag(syntax: Syntax, flag: string): CscError {
  const advice = flagAdvice(flag, [
    ...syntax.lists ?? [],
    ...syntax.switches,
    ...syntax.options,
    ...COMMON_SWITCHES,
  ]);
  return usage(syntax, `unknown flag ${quote(flag)}${advice}`);
}

/** The error for words that cannot be understood. */
export function usage(syntax: Pick<Syntax, "name">, why: string): CscError {
  return new CscError("USAGE", `read the command line: ${why}`, {
    hint: `See "csc help ${syntax.name}".`,
  });
}

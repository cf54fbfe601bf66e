/**
 * From the words of the command line to an exit code.
 *
 * @module
 */
import { CscError, isCscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import { parseArguments } from "./arguments.ts";
import type { Backends } from "./backends.ts";
import { errorExitCode, EXIT, type ExitCode } from "./exit_codes.ts";
import { nearest } from "./nearest.ts";
import { printError } from "./terminal.ts";
import { type Verb, VERBS } from "./verbs.ts";

/** Spellings that users of other tools try first. */
const ALIASES: Readonly<Record<string, string>> = {
  "--help": "help",
  "-h": "help",
  "--version": "version",
  "-V": "version",
};

/** Runs one command line. Never throws: errors are printed and have a code. */
export async function runCli(
  words: readonly string[],
  backends: Backends,
): Promise<ExitCode> {
  try {
    const [name, ...rest] = words;
    if (name === undefined) throw noVerb();
    const verb = findVerb(ALIASES[name] ?? name);
    const args = parseArguments(rest, verb);
    if (args.switches.has("--help") || args.switches.has("-h")) {
      return await showHelp(verb, backends);
    }
    // What a verb has no use for, nothing that it loads or reads can use either.
    giveUpPermissions(verb, backends);
    return await verb.perform(args, backends);
  } catch (error) {
    printError(backends.terminal, error);
    return isCscError(error) ? errorExitCode(error.code) : EXIT.FAILED;
  }
}

function showHelp(verb: Verb, backends: Backends): Promise<ExitCode> {
  const help = findVerb("help");
  giveUpPermissions(help, backends);
  return help.perform(
    { operands: [verb.name], switches: new Set(), options: new Map() },
    backends,
  );
}

function giveUpPermissions(verb: Verb, backends: Backends): void {
  if (verb.permissions !== "all") backends.keepOnly(verb.permissions);
}

function findVerb(name: string): Verb {
  const verb = VERBS.find((one) => one.name === name);
  if (verb !== undefined) return verb;
  const near = nearest(name, [
    ...VERBS.map((one) => one.name),
    ...Object.keys(ALIASES),
  ]);
  const what = name.startsWith("-") ? "flag" : "verb";
  throw new CscError(
    "USAGE",
    `read the command line: unknown ${what} ${quote(name)}` +
      (near === null ? "" : `; did you mean ${quote(near)}?`),
    { hint: 'See "csc help".' },
  );
}

function noVerb(): CscError {
  const names = VERBS.map(({ name }) => name).join(", ");
  return new CscError(
    "USAGE",
    `read the command line: no verb; there are ${names}`,
    { hint: 'See "csc help".' },
  );
}

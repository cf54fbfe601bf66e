/**
 * From the words of the command line to an exit code.
 *
 * @module
 */
import { CscError, isCscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import { type Arguments, parseArguments, usage } from "./arguments.ts";
import type { Backends } from "./backends.ts";
import { errorExitCode, type ExitCode, type ExitCodeOf } from "./exit_codes.ts";
import { nearest } from "../core/nearest.ts";
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
  typed: readonly string[],
  backends: Backends,
): Promise<ExitCode> {
  let json = typed.includes("--json");
  let whose: ExitCodeOf = "status";
  await dress(backends);
  try {
    const [name, ...rest] = asShell(typed);
    if (name === undefined) throw noVerb();
    const verb = findVerb(ALIASES[name] ?? name);
    const args = parseArguments(rest, verb);
    json = args.switches.has("--json");
    whose = exitCodeOf(args, verb);
    if (args.switches.has("--help") || args.switches.has("-h")) {
      return await showHelp(verb, backends);
    }
    // What a verb has no use for, nothing that it loads or reads can use either.
    if (!readsDescriptor(args)) giveUpPermissions(verb, backends);
    return await verb.perform(args, backends);
  } catch (error) {
    tellError(backends, error, json);
    return errorExitCode(isCscError(error) ? error.code : null, whose);
  }
}

/** Where standard error takes nothing, the exit code alone has to tell. */
function tellError({ terminal }: Backends, error: unknown, json: boolean) {
  try {
    printError(terminal, error, json);
  } catch (unsaid) {
    if (!isCscError(unsaid) || unsaid.code !== "OUTPUT_UNWRITABLE") {
      throw unsaid;
    }
  }
}

/** Colour where a person reads; loaded only there. */
async function dress({ terminal, env }: Backends): Promise<void> {
  if (!terminal.stdoutIsTerminal && !terminal.stderrIsTerminal) return;
  const { paintErr, paintOut, wantsColour } = await import("./colour.ts");
  if (wantsColour(env)) terminal.paintWith?.(paintOut, paintErr);
}

/** `csc [FLAGS] -c LINE`, as make and others call a shell, is an `exec`. */
function asShell(words: readonly string[]): readonly string[] {
  const at = words.indexOf("-c");
  if (at < 0 || !words[0]?.startsWith("-")) return words;
  const flags = words.slice(0, at);
  return ["exec", ...flags, "--", "sh", "-c", ...words.slice(at + 1)];
}

/** Whose exit code a command line asks for; throws USAGE. */
function exitCodeOf({ options }: Arguments, verb: Verb): ExitCodeOf {
  const asked = options.get("--exit-code") ?? verb.exitCodeOf ?? "status";
  if (asked === "status" || asked === "command") return asked;
  throw usage(
    verb,
    `exit code ${quote(asked)} is neither "status" nor "command"`,
  );
}

/** A pipe that a shell names (`<(…)`): Deno opens it with every permission only. */
function readsDescriptor({ operands, options }: Arguments): boolean {
  return [...operands, ...options.values()]
    .some((path) => path.startsWith("/dev/fd/"));
}

function showHelp(verb: Verb, backends: Backends): Promise<ExitCode> {
  const help = findVerb("help");
  giveUpPermissions(help, backends);
  return help.perform(
    {
      operands: [verb.name],
      switches: new Set(),
      options: new Map(),
      lists: new Map(),
    },
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

/**
 * Argv rules (protocol §5.2a): which programs may be named, and which
 * beginnings of a command line may not.
 *
 * Comparison is exact, element by element: nothing is expanded, resolved or
 * split, because nothing will be when the command runs either.
 *
 * @module
 */
import { quote } from "../core/text.ts";
import { argvVectors, type Command } from "../protocol/contract.ts";
import type { Policy } from "../protocol/policy.ts";
import type { Finding } from "./finding.ts";

/** Checks every argv vector in order, each for its program and then its prefix. */
export function checkArgv(command: Command, policy: Policy): Finding[] {
  return argvVectors(command).flatMap((argv) => [
    ...checkProgram(command.id, argv, policy),
    ...checkPrefixes(command.id, argv, policy),
  ]);
}

function checkProgram(
  commandId: string,
  argv: readonly string[],
  policy: Policy,
): Finding[] {
  const program = argv[0] ?? "";
  if (policy.allow_commands.includes(program)) return [];
  return [{
    code: "COMMAND_NOT_ALLOWED",
    commandId,
    what: "program",
    subject: program,
    problem: `is not in the policy's allow_commands${splitAdvice(program)}`,
  }];
}

/** Several words in one element are most often a mistake, and never split. */
function splitAdvice(program: string): string {
  const words = program.split(/\s+/).filter((word) => word !== "");
  if (words.length < 2) return "";
  // What only a shell understands would become an argument like any other.
  const meant = /[|&;<>$`'"\\()\n]/.test(program)
    ? ["sh", "-c", program.trim()]
    : words;
  const shown = meant.map((word) => quote(word)).join(", ");
  return `; did you mean ${meant.length} elements, ${shown}?`;
}

function checkPrefixes(
  commandId: string,
  argv: readonly string[],
  policy: Policy,
): Finding[] {
  const denied = policy.deny_argv_prefixes.find((prefix) =>
    prefix.every((element, index) => argv[index] === element)
  );
  if (denied === undefined) return [];
  return [{
    code: "ARGV_PREFIX_DENIED",
    commandId,
    what: "argv",
    subject: argv.join(" "),
    problem: `begins with ${quote(denied.join(" "))}, one of the policy's ` +
      "deny_argv_prefixes",
  }];
}

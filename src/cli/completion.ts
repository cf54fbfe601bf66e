/**
 * `csc completion SHELL`: what a shell needs to complete csc's command lines,
 * made from the verb table and the manual.
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import type { Arguments } from "./arguments.ts";
import type { Backends } from "./backends.ts";
import { bashCompletion } from "./completion/bash.ts";
import { fishCompletion } from "./completion/fish.ts";
import { zshCompletion } from "./completion/zsh.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { SHELLS } from "./manual/tool_verbs.ts";
import { nearest } from "../core/nearest.ts";

/** Performs the verb. */
export function completion(
  args: Arguments,
  { terminal }: Backends,
): Promise<ExitCode> {
  terminal.out(scriptFor(args.operands[0] ?? ""));
  return Promise.resolve(EXIT.OK);
}

/** The script for one shell; throws USAGE. */
function scriptFor(shell: string): string {
  switch (shell) {
    case "bash":
      return bashCompletion();
    case "zsh":
      return zshCompletion();
    case "fish":
      return fishCompletion();
  }
  const near = nearest(shell, SHELLS);
  throw new CscError(
    "USAGE",
    `print completions: there are none for ${quote(shell)}` +
      (near === null ? "" : `; did you mean ${quote(near)}?`),
    { hint: `Shells: ${SHELLS.join(", ")}.` },
  );
}

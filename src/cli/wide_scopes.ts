/**
 * Scopes that grant more than their pattern matches: mounts know directories
 * and no patterns, so a sandbox shows all of the part before the glob.
 *
 * @module
 */
import { hasGlob, literalPrefix } from "../core/path.ts";
import { quote } from "../core/text.ts";
import type { Contract } from "../protocol/contract.ts";

/** Patterns that match all of a directory grant what they say. */
const WHOLE_DIRECTORY = /^[^*?[]*\/(?:\*\*?|\*\*\/\*)$/;

/** One line for each scope of the contract that grants more than it says. Pure. */
export function wideScopes({ commands }: Contract): string[] {
  return commands.flatMap((command) => [
    ...command.read_paths.filter(isWide).map((scope) =>
      describe(command.id, "read", scope)
    ),
    ...command.write_paths.filter(isWide).map((scope) =>
      describe(command.id, "write", scope)
    ),
  ]);
}

function isWide(scope: string): boolean {
  return hasGlob(scope) && !WHOLE_DIRECTORY.test(scope);
}

function describe(id: string, use: "read" | "write", scope: string): string {
  return `command ${quote(id)}: ${use} path ${quote(scope)} lets the command ` +
    `${use} all of ${quote(literalPrefix(scope) ?? scope)}, ` +
    "not only what the pattern matches";
}

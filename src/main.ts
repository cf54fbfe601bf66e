/**
 * csc: the command line becomes an exit code.
 *
 * @module
 */
import { runCli } from "./cli/dispatch.ts";
import { compose } from "./compose.ts";

/** Starts csc; what the loader of the packed executable calls. */
export function main(): void {
  runCli(Deno.args, compose()).then(Deno.exit);
}

if (import.meta.main) main();

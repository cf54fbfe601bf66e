/**
 * csc: the command line becomes an exit code.
 *
 * @module
 */
import { runCli } from "./cli/dispatch.ts";
import { compose } from "./compose.ts";

if (import.meta.main) runCli(Deno.args, compose()).then(Deno.exit);

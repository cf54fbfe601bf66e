/**
 * `csc version`: what this executable is made of.
 *
 * @module
 */
import type { Arguments } from "./arguments.ts";
import type { Backends } from "./backends.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";

/** Performs the verb. */
export function version(
  args: Arguments,
  { terminal, buildFacts }: Backends,
): Promise<ExitCode> {
  const facts = buildFacts();
  terminal.out(
    args.switches.has("--json")
      ? `${JSON.stringify(facts, null, 2)}\n`
      : `csc ${facts.version} (${facts.flavour}, Deno ${facts.deno}, ` +
        `commit ${facts.commit})\n`,
  );
  return Promise.resolve(EXIT.OK);
}

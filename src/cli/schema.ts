/**
 * `csc schema [NAME]`: the JSON Schemas of what csc reads and writes.
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import {
  SCHEMA_NAMES,
  SCHEMA_TEXTS,
} from "../protocol/validators/schema_texts.js";
import type { Arguments } from "./arguments.ts";
import type { Backends } from "./backends.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { nearest } from "../core/nearest.ts";

/** Performs the verb. */
export function schema(
  args: Arguments,
  { terminal }: Backends,
): Promise<ExitCode> {
  const [name] = args.operands;
  if (name !== undefined) terminal.out(schemaText(name));
  else if (args.switches.has("--json")) {
    terminal.out(`${JSON.stringify(SCHEMA_NAMES, null, 2)}\n`);
  } else terminal.out(`${SCHEMA_NAMES.join("\n")}\n`);
  return Promise.resolve(EXIT.OK);
}

/** The schema of one document; throws USAGE. */
function schemaText(name: string): string {
  const text = Object.hasOwn(SCHEMA_TEXTS, name) ? SCHEMA_TEXTS[name] : null;
  if (text != null) return `${JSON.stringify(JSON.parse(text), null, 2)}\n`;
  const near = nearest(name, SCHEMA_NAMES);
  throw new CscError(
    "USAGE",
    `print schema: there is none for ${quote(name)}` +
      (near === null ? "" : `; did you mean ${quote(near)}?`),
    { hint: `Schemas: ${SCHEMA_NAMES.join(", ")}.` },
  );
}

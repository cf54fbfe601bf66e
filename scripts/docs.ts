/**
 * Writes the generated tables of README.md: `deno task docs`. They come from
 * the same source as `csc help`; the gate checks that they are up to date.
 *
 * @module
 */
import { ROOT } from "./build/paths.ts";
import { withTables } from "./docs/readme_tables.ts";

const README = `${ROOT}README.md`;
const text = await Deno.readTextFile(README);
await Deno.writeTextFile(README, withTables(text));
const { success } = await new Deno.Command(Deno.execPath(), {
  args: ["fmt", "--quiet", README],
}).output();
if (!success) Deno.exit(1);

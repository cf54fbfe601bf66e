/**
 * Rule: the generated tables of README.md say what the code says.
 *
 * @module
 */
import { staleTables } from "../docs/readme_tables.ts";
import type { Finding } from "./finding.ts";

/** One finding for each table that is not up to date. */
export function checkReadmeTables(readme: string): Finding[] {
  return staleTables(readme).map((name) => ({
    path: "README.md",
    line: 0,
    message: `table "${name}" is not what the code says: run the task docs`,
  }));
}

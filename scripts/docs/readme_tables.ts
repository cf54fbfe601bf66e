/**
 * The tables of README.md that are made from the verb table, the manual and
 * the table of exit codes. Each stands between two comments:
 *
 *     <!-- table: NAME -->
 *     …
 *     <!-- end of table -->
 *
 * @module
 */
import {
  COMMAND_EXIT_MEANINGS,
  EXIT,
  EXIT_MEANINGS,
} from "../../src/cli/exit_codes.ts";
import type { FlagText } from "../../src/cli/manual/manual.ts";
import { callOf } from "../../src/cli/manual/plain.ts";
import { VERB_TEXTS } from "../../src/cli/manual/verbs.ts";

type Row = readonly string[];

/** Every generated table by its name: the rows, the head first. */
export function tables(): ReadonlyMap<string, readonly Row[]> {
  return new Map([
    ["verbs", verbRows()],
    ["flags", flagRows()],
    ["exit codes", exitRows()],
    ["exit codes of commands", commandExitRows()],
  ]);
}

function verbRows(): Row[] {
  const rows = VERB_TEXTS.map((verb) => [
    `\`${callOf(verb)}\``,
    verb.summary,
  ]);
  return [["Call", "What it does"], ...rows];
}

/** One row for each flag; verbs that share it stand in one. */
function flagRows(): Row[] {
  const rows = new Map<string, { verbs: string[]; row: Row }>();
  for (const { name, flags } of VERB_TEXTS) {
    for (const flag of flags) {
      const row = [`\`${flagCell(flag)}\``, meaningCell(flag)];
      const key = row.join("\n");
      const known = rows.get(key);
      if (known === undefined) rows.set(key, { verbs: [name], row });
      else known.verbs.push(name);
    }
  }
  return [
    ["Verb", "Flag", "Meaning"],
    ...[...rows.values()].map(({ verbs, row }) => [
      verbs.map((verb) => `\`${verb}\``).join(", "),
      ...row,
    ]),
  ];
}

function flagCell({ flag, value }: FlagText): string {
  return value === undefined ? flag : `${flag} ${value}`;
}

function meaningCell({ meaning, choices }: FlagText): string {
  const unsaid = choices?.filter((choice) =>
    !meaning.includes(`\`${choice}\``)
  );
  if (unsaid === undefined || unsaid.length === 0) return meaning;
  const all = choices?.map((choice) => `\`${choice}\``).join(", ");
  return `${meaning}. One of ${all}`;
}

function exitRows(): Row[] {
  const names = Object.keys(EXIT) as (keyof typeof EXIT)[];
  const rows = names.map((name) => [String(EXIT[name]), EXIT_MEANINGS[name]]);
  return [["Exit code", "Meaning"], ...rows];
}

function commandExitRows(): Row[] {
  return [["Exit code of a command", "Meaning"], ...COMMAND_EXIT_MEANINGS];
}

const TABLE = /(<!-- table: ([a-z ]+) -->\n)(.*?)(<!-- end of table -->)/gs;

/** README with every table as it should be; throws for one that it lacks. */
export function withTables(readme: string): string {
  const missing = new Set(tables().keys());
  const text = readme.replaceAll(
    TABLE,
    (_, head: string, name: string, _old: string, end: string) => {
      const rows = tables().get(name);
      if (rows === undefined) {
        throw new Error(`README.md: there is no table "${name}"`);
      }
      missing.delete(name);
      return `${head}\n${markdown(rows)}\n\n${end}`;
    },
  );
  if (missing.size === 0) return text;
  throw new Error(
    `README.md lacks the tables ${[...missing].join(", ")}: ` +
      `write "<!-- table: NAME -->" and "<!-- end of table -->"`,
  );
}

function markdown([head = [], ...rows]: readonly Row[]): string {
  const rule = head.map(() => "---");
  return [head, rule, ...rows].map((row) => {
    const safe = row.map((cell) => cell.replaceAll("|", "\\|"));
    return `| ${safe.join(" | ")} |`;
  }).join("\n");
}

/** Names of the tables that say something else than their source. */
export function staleTables(readme: string): string[] {
  const current = cells(readme);
  const wanted = cells(withTables(readme));
  return [...wanted].filter(([name, text]) => current.get(name) !== text)
    .map(([name]) => name);
}

/** Table name to its text, without what formatting adds. */
function cells(readme: string): Map<string, string> {
  return new Map(
    [...readme.matchAll(TABLE)].map(([, , name = "", text = ""]) => [
      name,
      text.replaceAll(/ +/g, " ").replaceAll(/-+/g, "-").trim(),
    ]),
  );
}

/**
 * Measures what each attack of tests/sandbox comes to bare, under bubblewrap,
 * under firejail and under csc: `deno task attack [-- NAME...]`, where NAMEs
 * are files of tests/sandbox, without `_test.ts`.
 *
 * Without names the table in tests/sandbox/README.md is written anew. Nothing
 * stands in it that this run has not seen.
 *
 * @module
 */
import { measureAll } from "./attack/measure.ts";
import { rowsFrom, tableOf } from "./attack/table.ts";
import { installPeers } from "./bench/peers.ts";
import { ROOT } from "./build/paths.ts";

const README = `${ROOT}tests/sandbox/README.md`;
const BEGIN = "<!-- deno task attack: begin -->";
const END = "<!-- deno task attack: end -->";

const names = Deno.args.filter((arg) => arg !== "--");
const peers = installPeers();
const lines = await measureAll(peers, names);
for (const { subject, attack, caller, confined, detail } of lines) {
  if (detail === undefined) continue;
  const first = detail.split("\n").slice(0, 3).join(" | ").slice(0, 300);
  console.error(`${attack} (${subject}, ${caller}): ${confined}: ${first}`);
}
const table = tableOf(rowsFrom(lines), peers);
console.log(table);
if (names.length === 0) {
  const text = await Deno.readTextFile(README);
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END);
  if (from < 0 || to < from) throw new Error(`find "${BEGIN}" in ${README}`);
  await Deno.writeTextFile(
    README,
    `${text.slice(0, from + BEGIN.length)}\n\n${table}\n${text.slice(to)}`,
  );
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "-q", README] })
    .output();
}
const unproven = lines.filter(({ subject, detail }) =>
  subject === "csc" && detail !== undefined
);
if (unproven.length > 0) {
  console.error(`csc: ${unproven.length} tests do not hold`);
  Deno.exit(1);
}

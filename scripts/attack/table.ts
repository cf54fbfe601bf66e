/**
 * The table of attacks, as Markdown.
 *
 * @module
 */
import type { Peers } from "../bench/peers.ts";
import type { MeasuredLine } from "./measure.ts";

/** What one attack came to. */
export interface Row {
  readonly attack: string;
  /** For whom the attack exists: who has no such right cannot abuse it. */
  readonly callers: string;
  readonly bare: string;
  readonly bwrap: string;
  readonly firejail: string;
  readonly csc: string;
}

const CALLERS = ["root", "user"] as const;

/** One row for each attack, in the order of their names. */
export function rowsFrom(lines: readonly MeasuredLine[]): Row[] {
  const attacks = [...new Set(lines.map(({ attack }) => attack))].sort();
  return attacks.map((attack) => {
    const of = lines.filter((line) => line.attack === attack);
    const under = (subject: string) =>
      of.filter((line) => line.subject === subject);
    return {
      attack,
      callers: CALLERS.filter((name) => of.some((line) => line.caller === name))
        .join(", "),
      bare: cell(under("csc"), bareOf),
      bwrap: cell(under("bwrap"), confinedOf),
      firejail: cell(under("firejail"), confinedOf),
      csc: cell(under("csc"), confinedOf),
    };
  });
}

/** From good to bad: a file with several tests is as good as its worst. */
const ORDER = ["n.a.", "stopped", "succeeds"];

/** One text for both callers, or one for each where they differ. */
function cell(
  lines: readonly MeasuredLine[],
  textOf: (line: MeasuredLine) => string,
): string {
  const texts = CALLERS.flatMap((caller) => {
    const all = lines.filter((line) => line.caller === caller).map(textOf);
    const worst = all.sort((a, b) => rank(b) - rank(a))[0];
    return worst === undefined ? [] : [{ caller, text: worst }];
  });
  const [first, second] = texts;
  if (first === undefined) return "not measured";
  if (second === undefined || first.text === second.text) return first.text;
  return texts.map(({ caller, text }) => `${caller}: ${text}`).join("; ");
}

function rank(text: string): number {
  return ORDER.findIndex((word) => text.startsWith(word));
}

function bareOf({ bare, note }: MeasuredLine): string {
  return bare === "succeeds" ? "succeeds" : `n.a. (${note})`;
}

function confinedOf({ confined, note }: MeasuredLine): string {
  return note === "" ? confined : `${confined} (${note})`;
}

/** The table and what it says about the programs measured. */
export function tableOf(rows: readonly Row[], peers: Peers): string {
  const head = "| Attack | Caller | bare | bwrap chain | firejail | csc |\n" +
    "| --- | --- | --- | --- | --- | --- |";
  const body = rows.map(({ attack, callers, bare, bwrap, firejail, csc }) =>
    `| \`${attack}\` | ${callers} | ${bare} | ${bwrap} | ${firejail} | ${csc} |`
  );
  const stopped = (of: (row: Row) => string) =>
    rows.filter((row) => of(row).startsWith("stopped")).length;
  const asked = (of: (row: Row) => string) =>
    rows.filter((row) => !/^n(\.a\.|ot measured)/.test(of(row))).length;
  const sums = [
    ...(peers.bwrap ? [["bwrap chain", (row: Row) => row.bwrap] as const] : []),
    ...(peers.firejail
      ? [["firejail", (row: Row) => row.firejail] as const]
      : []),
    ["csc", (row: Row) => row.csc] as const,
  ].map(([name, of]) => `${name} ${stopped(of)} of ${asked(of)}`);
  return `${head}\n${body.join("\n")}\n\nStopped for every caller: ${
    sums.join(", ")
  }.\n`;
}

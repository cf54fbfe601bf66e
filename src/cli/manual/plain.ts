/**
 * The manual as plain text of 80 columns, for `csc help`.
 *
 * @module
 */
import type { FlagText, VerbText } from "./manual.ts";
import { VERB_TEXTS } from "./verbs.ts";

const WIDTH = 80;
/** Where the meanings of flags begin. */
const MEANING_COLUMN = 24;
const CALL_COLUMN = 34;

/** What `csc help` prints. */
export function overview(topics: readonly string[]): string {
  const calls = VERB_TEXTS.map((verb) =>
    `  ${callOf(verb).padEnd(CALL_COLUMN)}  ${plain(verb.summary)}`
  );
  const others = topics.filter((topic) =>
    VERB_TEXTS.every(({ name }) => name !== topic)
  );
  return [
    "csc: run what a contract asks for, if a policy allows it, and sign what happened",
    "",
    ...calls,
    "",
    wrap(`Topics: every verb above, ${others.join(", ")}.`, ""),
    "",
  ].join("\n");
}

/** What `csc help VERB` prints. */
export function verbHelp(verb: VerbText): string {
  const parts = [
    synopsis(verb),
    ...verb.about.map((paragraph) => wrap(plain(paragraph), "")),
  ];
  if (verb.flags.length > 0) parts.push(verb.flags.map(flagHelp).join("\n"));
  parts.push(
    ...(verb.notes ?? []).map((paragraph) => wrap(plain(paragraph), "")),
  );
  return `${parts.join("\n\n")}\n`;
}

/** `csc run CONTRACT POLICY`. */
export function callOf({ name, operands }: VerbText): string {
  return `csc ${name} ${operands}`.trimEnd();
}

/** A flag with its value: `--mode MODE`, or `--mode local|hardened`. */
export function flagCall({ flag, value, choices }: FlagText): string {
  if (value === undefined) return flag;
  const shown = choices?.join("|") ?? value;
  return `${flag} ${shown.length > 16 ? value : shown}`;
}

function synopsis(verb: VerbText): string {
  const call = callOf(verb);
  if (verb.flags.length === 0 || call.includes("[FLAGS]")) return call;
  const full = [call, ...verb.flags.map((flag) => `[${flagCall(flag)}]`)]
    .join(" ");
  return full.length <= WIDTH ? full : `${call} [FLAGS]`;
}

function flagHelp(flag: FlagText): string {
  const call = `  ${flagCall(flag)}`;
  const choices = flag.choices !== undefined && !call.includes("|")
    ? `: ${flag.choices.join(", ")}`
    : "";
  const indent = " ".repeat(MEANING_COLUMN);
  const meaning = wrap(plain(flag.meaning) + choices, indent);
  return call.length <= MEANING_COLUMN - 2
    ? call.padEnd(MEANING_COLUMN) + meaning.trimStart()
    : `${call}\n${meaning}`;
}

/** Prose without its backticks; single characters keep quotes. */
export function plain(text: string): string {
  return text.replace(
    /`([^`]+)`/g,
    (_, code: string) => code.length < 3 ? `"${code}"` : code,
  );
}

/** Breaks lines at spaces; what is longer than a line stays whole. */
export function wrap(text: string, indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && indent.length + longer.length > WIDTH) {
      lines.push(indent + line);
      line = word;
    } else line = longer;
  }
  lines.push(indent + line);
  return lines.join("\n");
}

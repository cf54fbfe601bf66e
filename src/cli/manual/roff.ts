/**
 * The manual as a page for man(1), in the man macros that groff and mandoc
 * share.
 *
 * @module
 */
import type { FlagText, VerbText } from "./manual.ts";
import { callOf } from "./plain.ts";
import { topics } from "./topics.ts";
import { VERB_TEXTS } from "./verbs.ts";

/** The whole page. */
export function manualPage(version: string): string {
  const lines = [
    `.TH CSC 1 "" "csc ${version}" "csc manual"`,
    ".SH NAME",
    "csc \\- run what a contract asks for, if a policy allows it, and sign what happened",
    ".SH SYNOPSIS",
    ...VERB_TEXTS.flatMap((verb, index) => [
      ...(index === 0 ? [] : [".br"]),
      `.B ${escape(callOf(verb))}`,
    ]),
    ".SH VERBS",
    ...VERB_TEXTS.flatMap(verbLines),
    ...topics().flatMap(({ title, paragraphs }) => [
      `.SH ${escape(title.toUpperCase())}`,
      ...paragraphs.flatMap((text, index) => paragraphLines(text, index)),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

function verbLines(verb: VerbText): string[] {
  return [
    `.SS ${escape(callOf(verb))}`,
    ...verb.about.flatMap((text, index) => paragraphLines(text, index)),
    ...verb.flags.flatMap(flagLines),
    ...(verb.notes ?? []).flatMap((text) => paragraphLines(text, 1)),
  ];
}

function flagLines(flag: FlagText): string[] {
  const { value, choices, meaning } = flag;
  const shown = value === undefined
    ? ""
    : choices === undefined
    ? ` \\fI${escape(value)}\\fR`
    : ` ${choices.map((choice) => `\\fB${escape(choice)}\\fR`).join("|")}`;
  return [".TP", `\\fB${escape(flag.flag)}\\fR${shown}`, prose(meaning)];
}

/** A paragraph; the first below a heading needs no space before it. */
function paragraphLines(text: string, index: number): string[] {
  if (!text.startsWith(" ")) {
    return [...(index === 0 ? [] : [".PP"]), prose(text)];
  }
  return [
    ...(index === 0 ? [] : [".PP"]),
    ".nf",
    ...text.split("\n").map((line) => prose(line.replaceAll("\t", "    "))),
    ".fi",
  ];
}

/** Text with `code` in bold. */
function prose(text: string): string {
  const escaped = text.split("`").map((part, index) =>
    index % 2 === 0 ? escape(part) : `\\fB${escape(part)}\\fR`
  ).join("");
  // A line that begins with one of these would be a request.
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

/** What roff would read as its own; a minus that can be copied and typed. */
function escape(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-")
    .replaceAll("~", "\\(ti").replaceAll("^", "\\(ha")
    .replaceAll("'", "\\(aq");
}

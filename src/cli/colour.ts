/**
 * Colour for people: which lines of csc's own get one. Loaded only where a
 * terminal is there.
 *
 * Lines are painted after everything invisible in them was escaped, and each
 * as a whole or by its first word, so text that a stranger wrote can neither
 * bring a colour along nor end one.
 *
 * @module
 */

/** Paints text for one stream. */
export type Paint = (text: string) => string;

type Rule = readonly [line: RegExp, code: string];

const GREEN = "32";
const RED = "31";
const YELLOW = "33";
const BOLD_RED = "1;31";
const CYAN = "36";

/** What of a line is painted is what the expression matches. */
const OUT_RULES: readonly Rule[] = [
  [/^decision: allow\b.*/, GREEN],
  [/^decision: deny\b.*/, RED],
  [/^decision: needs_approval\b.*/, YELLOW],
  [/^valid:/, GREEN],
  [/^invalid: [A-Z_]+:/, RED],
  [/^blocked:/, RED],
  [/^status: success.*/, GREEN],
  [/^status: [a-z]+.*/, RED],
  [/^evidence: .* is NOT .*/, RED],
  [/^(?:note|hint):/, CYAN],
];

const ERR_RULES: readonly Rule[] = [
  [/^csc: success\b/, GREEN],
  [/^csc: (?:failed|blocked|expired)\b/, RED],
  [/^csc: (?:warning|local mode):/, YELLOW],
  [/^csc:/, BOLD_RED],
  ...OUT_RULES,
];

/** True where colour is wanted (no-color.org). */
export function wantsColour(env: (name: string) => string | undefined) {
  return (env("NO_COLOR") ?? "") === "" && env("TERM") !== "dumb";
}

/** Paints what goes to standard output. */
export const paintOut: Paint = (text) => painted(text, OUT_RULES);

/** Paints what goes to standard error. */
export const paintErr: Paint = (text) => painted(text, ERR_RULES);

function painted(text: string, rules: readonly Rule[]): string {
  return text.split("\n").map((line) => {
    const rule = rules.find(([pattern]) => pattern.test(line));
    return rule === undefined
      ? line
      : line.replace(rule[0], (part) => `\x1b[${rule[1]}m${part}\x1b[0m`);
  }).join("\n");
}

/**
 * Plain (unquoted) YAML scalars that mean the same to YAML 1.1 and 1.2.
 *
 * @module
 */

/** What a plain scalar is, or why it has no single reading. */
export type ScalarReading =
  | { readonly ok: true; readonly value: null | boolean | number | string }
  | { readonly ok: false; readonly reason: string };

const NULL = /^(?:~|null|Null|NULL|)$/;
const TRUE = /^(?:true|True|TRUE)$/;
const FALSE = /^(?:false|False|FALSE)$/;
const PLAIN_INTEGER = /^(?:0|-?[1-9][0-9]*)$/;

/**
 * What at least one reader takes for something else than the text it is. The
 * number forms are the union of both versions, and of what their readers do
 * beyond the letter of either.
 */
const DIVIDED: readonly (readonly [form: RegExp, reason: string])[] = [
  [
    /^(?:y|yes|n|no|on|off)$/i,
    "a truth value in YAML 1.1 and text in YAML 1.2",
  ],
  [/^<<$/, "a merge key in YAML 1.1"],
  [/^=$/, "a default value in YAML 1.1"],
  [/^[:?]/, "the start of a mapping in YAML 1.1"],
  [
    /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:$|[Tt]|[ \t]+[0-9])/,
    "a date in YAML 1.1 and text in YAML 1.2",
  ],
  [
    /^[-+]?0(?:b[01_]+|o[0-7_]+|x[0-9A-Fa-f_]+)$/,
    "not a number written as a plain integer",
  ],
  [
    /^[-+]?[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?$/,
    "not a number written as a plain integer",
  ],
  [
    /^[-+]?(?:[0-9][0-9_]*)?\.[0-9_]*(?:[eE][-+]?[0-9]+)?$/,
    "not a number written as a plain integer",
  ],
  [
    /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/,
    "a number to base 60 in YAML 1.1 and text in YAML 1.2",
  ],
  [/^[-+]?\.(?:inf|nan)$/i, "not a number written as a plain integer"],
];

/** Reads a plain scalar as protocol §10 says. */
export function plainScalar(text: string): ScalarReading {
  if (NULL.test(text)) return { ok: true, value: null };
  if (TRUE.test(text)) return { ok: true, value: true };
  if (FALSE.test(text)) return { ok: true, value: false };
  if (PLAIN_INTEGER.test(text)) {
    const value = Number(text);
    return Number.isSafeInteger(value)
      ? { ok: true, value }
      : { ok: false, reason: "an integer beyond ±(2^53 − 1)" };
  }
  const divided = DIVIDED.find(([form]) => form.test(text));
  return divided === undefined
    ? { ok: true, value: text }
    : { ok: false, reason: divided[1] };
}

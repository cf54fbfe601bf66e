/**
 * Untrusted text, made safe to show to a person.
 *
 * What an agent wrote may hold terminal escapes, text that runs backwards, or
 * characters nobody can see. Everything without a visible shape of its own is
 * shown as `\uXXXX`.
 *
 * @module
 */

/**
 * True for controls, format characters (bidi, zero width, soft hyphen, tags),
 * lone surrogates, separators other than the space, and what fonts draw as
 * nothing. U+2800 is the Braille blank.
 */
function isUnseen(character: string): boolean {
  // Making the expression takes a millisecond, and most text is ASCII.
  if (character < "\x7f") return character < " ";
  return /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/u
    .test(character);
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** `\uXXXX` for each UTF-16 unit of one character. */
function unicodeEscape(character: string): string {
  let escaped = "";
  for (let unit = 0; unit < character.length; unit++) {
    const digits = character.charCodeAt(unit).toString(16).padStart(4, "0");
    escaped += `\\u${digits}`;
  }
  return escaped;
}

/**
 * Quotes a value for a message: JSON string syntax, invisible characters
 * escaped, and cut with `…` so that what stands between the quotes is at most
 * `max` characters long.
 */
export function quote(text: string, max = 80): string {
  let shown = "";
  let length = 0;
  // Where to cut if the rest turns out not to fit beside the ellipsis.
  let cut = 0;
  for (const character of text) {
    const piece = SHORT_ESCAPES[character] ??
      (isUnseen(character) ? unicodeEscape(character) : character);
    length += piece === character ? 1 : piece.length;
    if (length > max) return `"${shown.slice(0, cut)}…"`;
    shown += piece;
    if (length < max) cut = shown.length;
  }
  return `"${shown}"`;
}

/**
 * Text with invisible characters escaped, for showing and not for reading back
 * (a backslash stays as it is). `keepLayout` leaves line feeds and tabs alone.
 */
export function visible(
  text: string,
  options: { readonly keepLayout?: boolean } = {},
): string {
  let shown = "";
  for (const character of text) {
    if (options.keepLayout && (character === "\n" || character === "\t")) {
      shown += character;
    } else if (!isUnseen(character)) {
      shown += character;
    } else {
      const short = SHORT_ESCAPES[character];
      shown += short ?? unicodeEscape(character);
    }
  }
  return shown;
}

/**
 * Words as a shell reads them, for command lines that csc proposes.
 *
 * @module
 */

/** One word: as it is where that is safe, else in single quotes. Pure. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text)
    ? text
    : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A whole command. */
export function shellCommand(words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}

/**
 * "Did you mean": the known word closest to what was typed.
 *
 * @module
 */

/** Longer words are not typing errors, and the table grows with the square. */
const MAX_LENGTH = 40;

/** The known word within a third of its length in edits; null if there is none. */
export function nearest(
  typed: string,
  known: readonly string[],
): string | null {
  if (typed.length > MAX_LENGTH) return null;
  let best: string | null = null;
  let least = Infinity;
  for (const word of known) {
    const distance = edits(typed, word);
    if (distance <= Math.ceil(word.length / 3) && distance < least) {
      best = word;
      least = distance;
    }
  }
  return best;
}

/** Characters to insert, delete or replace (Levenshtein), row by row. */
function edits(from: string, to: string): number {
  let above = [...Array(to.length + 1).keys()];
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = above[column - 1]! +
        (from[row - 1] === to[column - 1] ? 0 : 1);
      const shifted = Math.min(above[column]!, current[column - 1]!) + 1;
      current.push(Math.min(replaced, shifted));
    }
    above = current;
  }
  return above[to.length]!;
}

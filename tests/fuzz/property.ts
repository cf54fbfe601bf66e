/**
 * How long properties are tried, and text that is nearly right: see README.md.
 *
 * @module
 */
import fc from "fast-check";

/** In the gate: few, and always the same ones, so that it says what it said. */
const RUNS = 500;
const SEED = 20260901;

/**
 * Tries a property: a fixed number of times, or for as long as
 * CSC_FUZZ_SECONDS says and from another seed each time.
 */
export async function holds<T>(
  values: fc.Arbitrary<T>,
  property: (value: T) => void | Promise<void>,
): Promise<void> {
  const seconds = Number(Deno.env.get("CSC_FUZZ_SECONDS") ?? 0);
  let runs = 0;
  const counted = async (value: T) => {
    runs++;
    await property(value);
  };
  const checked = fc.asyncProperty(values, counted);
  if (seconds === 0) {
    await fc.assert(checked, { numRuns: RUNS, seed: SEED });
    return;
  }
  const end = performance.now() + seconds * 1000;
  // A run of fast-check keeps what it has tried; so there are many of them.
  while (performance.now() < end) await fc.assert(checked, { numRuns: 2000 });
  console.log(`  ${runs} runs in ${seconds} s`);
}

/** One change of a text. */
type Edit = readonly [kind: number, at: number, length: number, text: string];

/**
 * Texts that are some of `seeds`, changed in a few places: parts cut out,
 * doubled or taken from another one, and words of `dictionary` put in.
 */
export function mutated(
  seeds: readonly string[],
  dictionary: readonly string[],
): fc.Arbitrary<string> {
  if (seeds.length === 0) throw new Error("no seeds: nothing would be tried");
  const word = fc.oneof(
    fc.constantFrom(...dictionary),
    fc.constantFrom(...dictionary),
    fc.string({ unit: "grapheme", maxLength: 4 }),
    fc.string({ unit: "binary", maxLength: 2 }),
  );
  const place = fc.double({ min: 0, max: 1, noNaN: true });
  const edit: fc.Arbitrary<Edit> = fc.tuple(
    fc.nat({ max: 3 }),
    place,
    fc.nat({ max: 12 }),
    fc.oneof(word, fc.constantFrom(...seeds)),
  );
  return fc.tuple(
    fc.constantFrom(...seeds),
    fc.array(edit, { maxLength: 4 }),
  ).map(([seed, edits]) => edits.reduce(apply, seed));
}

/** Texts that differ from `seed` in one character at most. */
export function swapped(seed: string): fc.Arbitrary<string> {
  const character = fc.constantFrom(..."0123456789abcdefABCDEFxyz+/=-");
  return fc.tuple(fc.nat({ max: seed.length - 1 }), character)
    .map(([at, other]) => seed.slice(0, at) + other + seed.slice(at + 1));
}

function apply(text: string, [kind, place, length, other]: Edit): string {
  const at = Math.floor(place * text.length);
  const head = text.slice(0, at);
  const tail = text.slice(at + length);
  switch (kind) {
    case 0: // cut out
      return head + tail;
    case 1: // doubled
      return text.slice(0, at + length) + text.slice(at);
    case 2: // in its place, something else
      return head + (other.length > 60 ? other.slice(at, at + 20) : other) +
        tail;
    default: // put in
      return head + (other.length > 60 ? other.slice(at) : other) +
        text.slice(at);
  }
}

/** Words that matter to readers of JSON and YAML. */
export const TOKENS = [
  ...["{", "}", "[", "]", ",", ":", '"', "'", "\\", "\n", " ", "\t", "\r\n"],
  ...["null", "true", "false", "0", "-0", "1.0", "1e3", "1e400", "010", "0x1"],
  ...["9007199254740993", "-", "- ", "? ", "&a ", "*a", "!!str ", "|\n ", "# "],
  ...["<<: ", "---\n", "...\n", "yes", "~", ".inf", "2026-01-01", "1:30"],
  ...["\\u0000", "\\ud800", "\ud800", "\u2028", "\ufeff", "\u0085", "\0", "é"],
  ...['"__proto__":1,', '"a":1,"a":2', "{}", "[]", '""'],
];

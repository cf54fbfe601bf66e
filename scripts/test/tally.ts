/**
 * Counting tests, and the one line that a run ends with.
 *
 * @module
 */

/** How tests came out. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const NONE: Tally = { passed: 0, failed: 0, skipped: 0 };

/** A step that is no test of its own, like the build, and has failed. */
export const ONE_FAILED: Tally = { passed: 0, failed: 1, skipped: 0 };

/** Both together. */
export function add(a: Tally, b: Tally): Tally {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/** `N passed, N failed, N skipped`: plain, for whoever reads a log's end. */
export function tallyText({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** What a group of tests is held to. */
export interface Strictness {
  /** Its tests prove walls: where CI=true, a skip is a failure. */
  readonly security: boolean;
  readonly ci: boolean;
}

/**
 * Counts what `deno test` printed. A test that says "SKIPPED ..." passes as far
 * as Deno knows; here it counts as skipped.
 */
export function tallyDeno(
  output: string,
  succeeded: boolean,
  { security, ci }: Strictness,
): Tally {
  const text = withoutColour(output);
  const summary =
    /^(?:ok|FAILED) \| (\d+) passed(?: \([^)]*\))? \| (\d+) failed(.*)$/gm;
  let passed = 0;
  let failed = 0;
  let ignored = 0;
  for (const [, ok, bad, rest] of text.matchAll(summary)) {
    passed += Number(ok);
    failed += Number(bad);
    ignored += Number(/ \| (\d+) ignored/.exec(rest ?? "")?.[1] ?? 0);
  }
  const said = (text.match(/^SKIPPED /gm) ?? []).length;
  // A type error, a crash: no test says what is wrong.
  if (!succeeded && failed === 0) failed = 1;
  if (security && ci) {
    return { passed, failed: Math.max(failed, said + ignored), skipped: 0 };
  }
  // Said by a test that passed, or by a file beside a test that it ignored.
  const silent = Math.max(0, said - ignored);
  return {
    passed: security ? Math.max(0, passed - silent) : passed,
    failed,
    skipped: ignored + silent,
  };
}

/**
 * Counts the lines of a native test program (tests/native/harness.h); where
 * `strict`, a skip is a failure.
 */
export function tallyNative(
  output: string,
  succeeded: boolean,
  strict = false,
): Tally {
  const said = (output.match(/^SKIPPED /gm) ?? []).length;
  const passed = (output.match(/^ok /gm) ?? []).length;
  const failed = (output.match(/^FAILED /gm) ?? []).length;
  // A sanitizer ends the program without a line for the test that it stopped.
  const silent = !succeeded && failed === 0;
  return strict
    ? { passed, failed: silent ? 1 : failed + said, skipped: 0 }
    : { passed, failed: silent ? 1 : failed, skipped: said };
}

function withoutColour(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replaceAll(/\x1b\[[0-9;]*m/g, "");
}

/**
 * Which segment of a pipeline speaks for all of it (protocol §6).
 *
 * @module
 */

/** Exit code of a process that wrote to a pipe nobody reads any more. */
const EXIT_SIGPIPE = 128 + 13;

/**
 * Index of the first segment that failed, or -1 where the pipeline succeeded.
 *
 * A segment may die of SIGPIPE if the one that reads from it succeeded, for it
 * had all it wanted: `yes | head -1` is no failure. A reader that is excused
 * itself counts as one that succeeded: nor is `yes | cat | head -1`.
 */
export function firstFailure(codes: readonly number[]): number {
  let failed = -1;
  let readerSucceeded = false;
  for (let index = codes.length - 1; index >= 0; index--) {
    const code = codes[index];
    const excused: boolean = code === EXIT_SIGPIPE && readerSucceeded;
    readerSucceeded = code === 0 || excused;
    if (!readerSucceeded) failed = index;
  }
  return failed;
}

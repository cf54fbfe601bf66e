/**
 * What is said where a command's output could not be passed on while it ran.
 *
 * Loaded only then.
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import type { OutputRoute } from "../execute/executor.ts";
import type { RunOutcome } from "../run/conclude.ts";

/** The error for the first output of a run that was lost; some must have been. */
export function outputLost(
  { ran, receiptPath }: Pick<RunOutcome, "ran" | "receiptPath">,
  { stdoutFd, stderrFd }: OutputRoute,
): CscError {
  const losses = ran.flatMap(({ id, result: { stdout, stderr } }) => [
    { id, fd: stdoutFd, why: stdout.lost },
    { id, fd: stderrFd, why: stderr.lost },
  ]);
  const { id = "", fd, why } = losses.find(({ why }) => why !== undefined) ??
    {};
  return new CscError(
    "OUTPUT_UNWRITABLE",
    `pass on the output of command ${quote(id)} to ` +
      `${fd === 1 ? "standard output" : "standard error"}: ${why}; ` +
      `the command itself ran, and its receipt stands at ${
        quote(receiptPath, 400)
      }`,
    {
      hint:
        "Check what the output is redirected to, and what the command has done before you run it again.",
    },
  );
}

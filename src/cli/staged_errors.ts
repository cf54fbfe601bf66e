/**
 * What is said of `--staged` where nothing can be staged.
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import type { ExecutionMode } from "../execute/executor.ts";
import { type Syntax, usage } from "./arguments.ts";

/** Throws for a mode that confines nothing, and where there is no state directory. */
export function refuseUnstaged(
  verb: Pick<Syntax, "name">,
  mode: ExecutionMode,
  withoutLog: boolean,
): void {
  if (mode === "local") {
    throw new CscError(
      "NOT_ENFORCEABLE",
      "stage what the commands change: in local mode nothing keeps them from the host's files",
      { hint: 'Add "--mode hardened", or run without --staged.' },
    );
  }
  if (withoutLog) {
    throw usage(
      verb,
      '"--staged" keeps changes in the state directory, which "--no-log" does without',
    );
  }
}

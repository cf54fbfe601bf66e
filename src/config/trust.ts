/**
 * Whose files csc believes: what somebody else may write decides nothing here
 * (design invariant 7).
 *
 * @module
 */

/** Why a file or directory may not be believed. */
export interface TrustProblem {
  readonly message: string;
  /** The next step, a full sentence. */
  readonly hint: string;
}

const OTHERS_MAY_WRITE = 0o022;

/** What is wrong with owner and mode; empty where nothing is. */
export function trustProblems(
  info: Pick<Deno.FileInfo, "uid" | "mode">,
  owners: readonly number[],
): TrustProblem[] {
  const problems: TrustProblem[] = [];
  if (!owners.includes(info.uid ?? -1)) {
    problems.push({
      message: `it belongs to user ${info.uid}`,
      hint: owners.length === 1
        ? "It must belong to root."
        : "It must belong to root or to the user who runs csc.",
    });
  }
  if (((info.mode ?? 0) & OTHERS_MAY_WRITE) !== 0) {
    problems.push({
      message: "its group or everybody may write it",
      hint: `Run "chmod go-w" on it, after a look at what it says.`,
    });
  }
  return problems;
}

/**
 * Every exit code of csc, in one table (protocol §8).
 *
 * @module
 */
import type { ErrorCode } from "../core/errors.ts";
import type { Verdict as PolicyVerdict } from "../protocol/decision.ts";
import type { Verdict as RunVerdict } from "../run/account.ts";

/** Every exit code of csc's own. */
export const EXIT = {
  OK: 0,
  FAILED: 1,
  NEEDS_APPROVAL: 2,
  /** EX_USAGE of sysexits. */
  USAGE: 64,
  /** What env, timeout and others end with where the failure is their own. */
  NO_COMMAND: 125,
} as const;

/** What each of them means; README's table is made from this. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  OK: "allowed, succeeded, valid",
  FAILED: "denied, failed, blocked, invalid, and every other error",
  NEEDS_APPROVAL: "the policy asks for an approval, and none was given",
  USAGE: "the command line cannot be understood",
  NO_COMMAND:
    "with `--exit-code command`: no exit code of a command, or output lost",
};

/** What the exit code of a command means, in receipts (protocol §6). */
export const COMMAND_EXIT_MEANINGS: readonly (readonly [
  code: string,
  meaning: string,
])[] = [
  ["124", "its deadline came"],
  [
    "126",
    "not executable, no working directory, or a path that escapes the policy",
  ],
  ["127", "not found"],
  ["128+N", "ended by signal N, also where the signal came to csc"],
  ["else", "its own"],
];

/** An exit code: one of csc's own, or a command's. */
export type ExitCode = number;

/** Whose exit code csc ends with. */
export type ExitCodeOf = "status" | "command";

/** The exit code of `csc check`. */
export function decisionExitCode(decision: PolicyVerdict): ExitCode {
  switch (decision) {
    case "allow":
      return EXIT.OK;
    case "needs_approval":
      return EXIT.NEEDS_APPROVAL;
    case "deny":
      return EXIT.FAILED;
  }
}

/** The exit code of `csc run`. */
export function runExitCode(verdict: RunVerdict): ExitCode {
  switch (verdict) {
    case "success":
      return EXIT.OK;
    case "needs_approval":
      return EXIT.NEEDS_APPROVAL;
    case "failed":
    case "blocked":
    case "expired":
      return EXIT.FAILED;
  }
}

/** The exit code of a run of which the caller wants that of the command. */
export function commandExitCode(
  verdict: RunVerdict,
  exitCode: number | undefined,
): ExitCode {
  const ran = verdict === "success" || verdict === "failed";
  return ran && exitCode !== undefined ? exitCode : EXIT.NO_COMMAND;
}

/** The exit code of a verb that ends in an error. */
export function errorExitCode(
  code: ErrorCode | null,
  whose: ExitCodeOf,
): ExitCode {
  if (code === "USAGE") return EXIT.USAGE;
  return whose === "command" ? EXIT.NO_COMMAND : EXIT.FAILED;
}

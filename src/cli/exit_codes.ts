/**
 * Every exit code of csc, in one table (protocol §8).
 *
 * @module
 */
import type { ErrorCode } from "../core/errors.ts";
import type { Verdict as PolicyVerdict } from "../protocol/decision.ts";
import type { Verdict as RunVerdict } from "../run/account.ts";

/** What each exit code of csc means. */
export const EXIT = {
  /** Allowed, succeeded, valid. */
  OK: 0,
  /** Denied, failed, blocked, invalid, unreadable: everything else. */
  FAILED: 1,
  /** The policy asks for an approval, and none was given. */
  NEEDS_APPROVAL: 2,
  /** The command line cannot be understood (EX_USAGE). */
  USAGE: 64,
} as const;

/** One of the exit codes. */
export type ExitCode = typeof EXIT[keyof typeof EXIT];

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

/** The exit code of a verb that ends in an error. */
export function errorExitCode(code: ErrorCode): ExitCode {
  return code === "USAGE" ? EXIT.USAGE : EXIT.FAILED;
}

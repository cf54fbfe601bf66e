/**
 * The one error class of csc.
 *
 * A `CscError` is something a person or an agent can act on: what was
 * attempted, the quoted value, the cause, the next step. Anything else that is
 * thrown is a defect of csc and is reported as such by the terminal layer.
 *
 * @module
 */

/** Every code an error can carry. Callers switch on these and never match text. */
export type ErrorCode =
  /** The command line cannot be understood (exit 64). */
  | "USAGE"
  /** A file cannot be read, is too large, or is of the wrong kind. */
  | "INPUT_UNREADABLE"
  /** Bytes that are not the JSON or YAML they should be. */
  | "INPUT_MALFORMED"
  /** A well-formed document that its schema or a limit refuses. */
  | "CONTRACT_INVALID"
  | "POLICY_INVALID"
  | "APPROVAL_INVALID"
  | "RECEIPT_INVALID"
  | "CONFIG_INVALID"
  /** Configuration, key or policy cannot be set up. */
  | "SETUP_FAILED"
  /** A setting that only the machine's configuration may decide. */
  | "CONFIG_LOCKED"
  /** A policy that is none of those that the configuration accepts. */
  | "POLICY_REFUSED"
  /** A document of a version that this csc does not know. */
  | "VERSION_UNKNOWN"
  /** A value that has no canonical form (protocol §4). */
  | "NOT_CANONICAL"
  /** A key that cannot be had or is not what it should be. */
  | "KEY_INVALID"
  /** A signature file that is none, or signs another kind of statement. */
  | "SIGNATURE_INVALID"
  /** An approval that does not cover this run (protocol §6). */
  | "APPROVAL_REJECTED"
  /** A path that leaves its allowed prefix once links are followed (exit code 126). */
  | "PATH_ESCAPE"
  /** A scope, cwd or executable that cannot be had as declared. */
  | "SCOPE_UNAVAILABLE"
  /** The kernel or the host refuses what the sandbox needs. */
  | "SANDBOX_UNAVAILABLE"
  /** Something a contract asks for and this mode cannot enforce or deliver. */
  | "NOT_ENFORCEABLE"
  /** The clock cannot be right: it says a time before csc existed. */
  | "CLOCK_WRONG"
  /** Standard output or standard error cannot be written to. */
  | "OUTPUT_UNWRITABLE"
  /** State, receipt or log cannot be written. */
  | "STATE_UNAVAILABLE"
  /** Two parts of csc disagree: a defect, never the caller's fault. */
  | "INTERNAL";

/** One of several findings about the same document. */
export interface ErrorDetail {
  /** Where: a JSON pointer, or "line L, column C". */
  readonly where: string;
  /** What is wrong there and what was expected. */
  readonly message: string;
}

/** What a `CscError` may carry beside its code and message. */
export interface ErrorOptionsOfCsc {
  /** The next step for the reader, a full sentence. */
  readonly hint?: string;
  readonly details?: readonly ErrorDetail[];
  readonly cause?: unknown;
}

/**
 * Chunks of the bundle are evaluated apart and each has its own copy of this
 * class, so identity is a registered symbol and not `instanceof`.
 */
const BRAND = Symbol.for("csc.error");

/** An error with a closed code; message grammar: action, quoted value, cause. */
export class CscError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: readonly ErrorDetail[];
  readonly [BRAND] = true;

  constructor(
    code: ErrorCode,
    message: string,
    options: ErrorOptionsOfCsc = {},
  ) {
    super(
      message,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = "CscError";
    this.code = code;
    this.hint = options.hint;
    this.details = options.details ?? [];
  }
}

/** True for errors of csc, whichever chunk of the bundle made them. */
export function isCscError(value: unknown): value is CscError {
  return typeof value === "object" && value !== null && BRAND in value;
}

/** The message of anything thrown, for use as the cause inside another message. */
export function causeText(value: unknown): string {
  return value instanceof Error ? value.message : String(value);
}

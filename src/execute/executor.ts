/**
 * The seam between deciding and running: local and hardened execution behind
 * one interface (protocol §7).
 *
 * @module
 */
import type { Contract } from "../protocol/contract.ts";
import type { Policy } from "../protocol/policy.ts";
import type { JsonObject } from "../core/json.ts";
import type { Seal } from "../plan/seal.ts";

export type ExecutionMode = "local" | "hardened";

/** Caps on what is kept of a command's output, bytes (protocol §3). */
export const STDOUT_CAP = 10 * 1024 * 1024;
export const STDERR_CAP = 1024 * 1024;

/** Where a command's output goes while it runs. */
export interface OutputRoute {
  /** File descriptor that receives stdout live, or -1 for nowhere. */
  readonly stdoutFd: number;
  /** File descriptor that receives stderr live, or -1 for nowhere. */
  readonly stderrFd: number;
  /** True: control characters are made visible (a person is reading, invariant 8). */
  readonly escapeStdout: boolean;
  readonly escapeStderr: boolean;
  /**
   * A terminal that is told how long a command has run, once it is long; absent
   * where nobody wants to know.
   */
  readonly progressFd?: number;
}

/** One output stream after the command ended. */
export interface CapturedStream {
  /** The captured prefix, at most the cap. */
  readonly bytes: Uint8Array;
  /** Bytes the command wrote in all. */
  readonly total: number;
  /** True when `total` is above the cap, so that the hash covers the prefix only. */
  readonly truncated: boolean;
  /** Lower-case hex SHA-256 of the captured prefix. */
  readonly sha256: string;
  /**
   * Why some of it could not be written to where it goes live; absent where all
   * was, or its reader had gone. What is captured lacks nothing for that.
   */
  readonly lost?: string;
}

/** What became of one command (all segments of a pipeline together). */
export interface CommandResult {
  /** 0, the command's own code, 128+N for signal N, 124, 126 or 127 (protocol §6). */
  readonly exitCode: number;
  readonly timedOut: boolean;
  /**
   * "" when the command itself ran to its end (then the receipt quotes stderr);
   * else why it did not: time-out, not found, not executable.
   */
  readonly error: string;
  /** For people: what went wrong and did not end the command. */
  readonly notes: readonly string[];
  readonly stdout: CapturedStream;
  readonly stderr: CapturedStream;
  /** What the executor can state about this run, for the evidence; integers only. */
  readonly facts: JsonObject;
}

/** A command that has passed every check that can be made before it starts. */
export interface PreparedCommand {
  readonly id: string;
  /** The frozen plan as data, for the evidence and for `plan`; integers only. */
  readonly plan: JsonObject;
  /** Why a program of it cannot be found or executed now; null if it can. */
  readonly missing?: string | null;
  /**
   * Runs the command to its end, all its descendants dead. Throws a CscError
   * when the sandbox could not be built, in which case nothing of it ran.
   */
  run(route: OutputRoute): Promise<CommandResult>;
  /**
   * The same in two steps, where an executor can build ahead: nothing of the
   * command runs before `release`. Throws like `run`.
   */
  start?(route: OutputRoute): StartedCommand;
}

/** A file that a run has made, as the receipt tells it (protocol §2). */
export interface Artifact {
  /** Absolute. */
  readonly path: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** What a run has changed, as far as it is known. */
export interface RunEffects {
  readonly artifacts: readonly Artifact[];
  /** How many files it has written; null: nobody has counted. */
  readonly filesWritten: number | null;
  /** Members of the evidence document; integers only. */
  readonly evidence: JsonObject;
  /** For people: what is not as it should be. */
  readonly notes: readonly string[];
  /** How many changes wait to be applied; absent: none was staged. */
  readonly staged?: number;
}

/** A sandbox that stands ready, or is being built. */
export interface StartedCommand {
  /** Ends the command, which then has failed for this reason. */
  end?(why: string): void;
  /** Lets the command run; its result when it and all descendants have ended. */
  release(): Promise<CommandResult>;
  /** Takes the sandbox down again; resolves when nothing of it is left. */
  abandon(): Promise<void>;
}

/** All commands of one contract, ready to start. */
export interface PreparedRun {
  /** Name and digest of the sandbox profile (design §4.10); stable between runs. */
  readonly profile: { readonly name: string; readonly sha256: string };
  /** What the executor states about the host and the profile, for the evidence. */
  readonly facts: JsonObject;
  readonly commands: readonly PreparedCommand[];
  /**
   * What the commands have changed, where the executor knows; asked once, when
   * the last one has ended.
   */
  effects?(): Promise<RunEffects>;
  /** Gives back what `prepare` took. */
  close(): void;
}

/** One way to run the commands of a contract. */
export interface Executor {
  readonly mode: ExecutionMode;
  /**
   * Checks cwd, scopes, executables, network, secrets and the kernel for every
   * command before the first one starts. Throws a CscError (PATH_ESCAPE,
   * SCOPE_UNAVAILABLE, SANDBOX_UNAVAILABLE, NOT_ENFORCEABLE) when the run must
   * be blocked.
   *
   * `sealed` lists what is csc's own (receipt, evidence, state directory,
   * signing key) and the ways there: no write scope may hold any of it
   * (invariant 11).
   */
  prepare(
    contract: Contract,
    policy: Policy,
    sealed: readonly Seal[],
  ): Promise<PreparedRun>;
}

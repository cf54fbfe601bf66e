/**
 * What the verbs need from outside; `compose.ts` provides it.
 *
 * @module
 */
import type { Clock, Random } from "../core/ambient.ts";
import type { AcceptedPolicies, SandboxSettings } from "../config/config.ts";
import type { ExecutionMode } from "../execute/executor.ts";
import type { CgroupGrant, Trial } from "../execute/trial.ts";
import type { RunDeps } from "../run/deps.ts";
import type { Signer } from "../sign/signer.ts";
import type { Arguments } from "./arguments.ts";
import type { ExitCode } from "./exit_codes.ts";
import type { Terminal } from "./terminal.ts";

/** How one run is to be set up; flags and configuration have been merged. */
export interface RunSettings {
  readonly mode: ExecutionMode;
  /** Null: a file of its own in the state directory. */
  readonly receiptPath: string | null;
  /** Null for an unsigned receipt. */
  readonly signer: Signer | null;
  /** The private key's file, which no command may reach. */
  readonly keyPath: string | null;
  /** Path of the state directory, or undefined for the usual one. */
  readonly stateDir: string | undefined;
  readonly log: "required" | "off";
  /** Changes are staged in the state directory instead of made. */
  readonly staged: boolean;
  readonly sandbox: SandboxSettings;
  /** Which policies are accepted; every entry must. */
  readonly accepted: readonly AcceptedPolicies[];
}

/** What `csc version` tells. */
export interface BuildFacts {
  readonly version: string;
  readonly flavour: string;
  readonly deno: string;
  readonly commit: string;
  readonly native: { readonly launcher: string; readonly bridge: string };
}

/** What every verb gets. */
export interface Backends {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly random: Random;
  /** Numeric user id of the caller. */
  uid(): number;
  /** An environment variable. */
  env(name: string): string | undefined;
  buildFacts(): BuildFacts;
  /** Path of the running csc. */
  executable(): string;
  /** Gives up every Deno permission but these, for the rest of the process. */
  keepOnly(permissions: readonly Deno.PermissionName[]): void;
  /** Loads what only runs need, which is most of csc. */
  forRun(): Promise<RunVerbs>;
}

/** The verbs `run`, `exec` and `plan`, with backends of their own. */
export interface RunVerbs {
  run(args: Arguments, backends: Backends): Promise<ExitCode>;
  exec(args: Arguments, backends: Backends): Promise<ExitCode>;
  plan(args: Arguments, backends: Backends): Promise<ExitCode>;
  /** Builds a sandbox with nothing in it; what `csc doctor` believes. */
  trial(backends: Backends, sandbox: SandboxSettings): Promise<TrialReport>;
}

/** What trying told. */
export interface TrialReport {
  readonly trial: Trial;
  readonly cgroups: CgroupGrant;
}

/** What these verbs get beside the rest. */
export interface RunBackends extends Backends {
  /** Makes a signer from a private key file's bytes; throws KEY_INVALID. */
  loadSigner(bytes: Uint8Array, keyId: string, source: string): Promise<Signer>;
  /** The seams of one run. */
  runDeps(settings: RunSettings): RunDeps;
}

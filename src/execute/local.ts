/**
 * Local execution: the checks of protocol §7 before launch, and no isolation.
 *
 * The one home of `Deno.Command`. A command runs with the caller's rights and
 * may leave its scopes; what is here keeps honest programs honest, ends what
 * can be ended at the deadline, and never hangs on what a command left behind.
 *
 * @module
 */
import { utf8 } from "../core/bytes.ts";
import { canonicalText } from "../core/canonical.ts";
import { sha256Hex } from "../core/digest.ts";
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import type { Command, Contract } from "../protocol/contract.ts";
import { argvVectors } from "../protocol/contract.ts";
import type { Policy } from "../protocol/policy.ts";
import type { DigestSources } from "./executables.ts";
import type {
  CommandResult,
  Executor,
  OutputRoute,
  PreparedCommand,
  PreparedRun,
} from "./executor.ts";
import { STDERR_CAP, STDOUT_CAP } from "./executor.ts";
import { firstFailure } from "./first_failure.ts";
import { CAPTURE_LIMITS, deadlineLimit } from "./limit_facts.ts";
import { noteExecutables } from "./local_executables.ts";
import { type LiveWriter, LocalCapture } from "./local_capture.ts";
import { type End, LocalPipes } from "./local_pipes.ts";
import { LocalProgress } from "./local_progress.ts";
import { LocalProcesses, type Spawned, type Stop } from "./local_processes.ts";
import { checkScopes, resolveCwd } from "./local_scopes.ts";
import { type EndingSignals, interruptedBy } from "./signals.ts";

/** What local execution needs from outside. */
export interface LocalOptions {
  /** The environment csc was started with, values as the kernel has them. */
  readonly environment: () => ReadonlyMap<string, Uint8Array>;
  /** Writes a command's output to a descriptor while it runs. */
  readonly write: LiveWriter;
  /** Milliseconds; only differences mean anything. */
  readonly monotonic: () => number;
  readonly digests: DigestSources;
  readonly signals: EndingSignals;
}

/** What a command finds programs with where the caller has no PATH. */
const DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

/** Digest-stable description of what confines a local command: nothing. */
const PROFILE = { isolation: "none", version: 1 } as const;

const EXIT_TIMED_OUT = 124;
const EXIT_NOT_EXECUTABLE = 126;
const EXIT_NOT_FOUND = 127;

/** Makes the executor of local mode. */
export function createLocalExecutor(options: LocalOptions): Executor {
  return {
    mode: "local",
    // Nothing confines a local command, so nothing could be sealed off from it.
    prepare: (contract, policy) => prepare(contract, policy, options),
  };
}

async function prepare(
  contract: Contract,
  policy: Policy,
  options: LocalOptions,
): Promise<PreparedRun> {
  const environment = options.environment();
  const commands = contract.commands.map((command) => {
    refuseSecrets(command);
    checkScopes(command, policy);
    return prepareCommand(command, policy, environment, options);
  });
  const sha256 = await sha256Hex(utf8(canonicalText(PROFILE)));
  return {
    profile: { name: "local", sha256 },
    facts: PROFILE,
    commands,
    close: () => {},
  };
}

function refuseSecrets(command: Command): void {
  const [secret] = command.secret_refs;
  if (secret === undefined) return;
  throw new CscError(
    "NOT_ENFORCEABLE",
    `deliver secret ${quote(secret)} to command ${quote(command.id)}: ` +
      "no provider of secrets is configured",
    { hint: "Take the secret out of the contract." },
  );
}

function prepareCommand(
  command: Command,
  policy: Policy,
  environment: ReadonlyMap<string, Uint8Array>,
  options: LocalOptions,
): PreparedCommand {
  // A cwd that an earlier command has yet to make is looked at again later.
  resolveCwd(command, policy);
  const env = commandEnvironment(command, environment);
  return {
    id: command.id,
    plan: {
      segments: argvVectors(command).map((argv) => [...argv]),
      cwd: command.cwd,
      environment: Object.keys(env),
      timeout_sec: command.timeout_sec,
    },
    run: (route) => runShown(command, policy, env, route, options),
  };
}

/** PATH and the named variables that exist, nothing else (protocol §6). */
function commandEnvironment(
  command: Command,
  environment: ReadonlyMap<string, Uint8Array>,
): Record<string, string> {
  const env: Record<string, string> = { PATH: DEFAULT_PATH };
  for (const name of new Set(["PATH", ...command.env_allow])) {
    const value = environment.get(name);
    if (value !== undefined) env[name] = decodeVariable(command, name, value);
  }
  return env;
}

function decodeVariable(
  command: Command,
  name: string,
  value: Uint8Array,
): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(value);
  } catch {
    throw new CscError(
      "NOT_ENFORCEABLE",
      `pass variable ${quote(name)} to command ${quote(command.id)}: ` +
        "its value is not UTF-8, and local mode can pass nothing else",
      { hint: "Use hardened mode, or change the variable." },
    );
  }
}

/** Runs a command while a terminal is told how long it takes. */
async function runShown(
  command: Command,
  policy: Policy,
  env: Record<string, string>,
  route: OutputRoute,
  options: LocalOptions,
): Promise<CommandResult> {
  const { write, monotonic } = options;
  const { progressFd = -1, stdoutFd, escapeStdout } = route;
  if (progressFd < 0) {
    return await runCommand(command, policy, env, route, options);
  }
  const progress = new LocalProgress(write, progressFd, monotonic);
  // What is redirected stands on no terminal.
  const aside = escapeStdout ? -1 : stdoutFd;
  try {
    return await runCommand(command, policy, env, route, {
      ...options,
      write: (fd, bytes) =>
        fd === aside ? write(fd, bytes) : progress.pass(fd, bytes),
    });
  } finally {
    await progress.stop();
  }
}

async function runCommand(
  command: Command,
  policy: Policy,
  env: Record<string, string>,
  route: OutputRoute,
  { write, digests, signals }: LocalOptions,
): Promise<CommandResult> {
  const stdout = new LocalCapture(
    STDOUT_CAP,
    (bytes) => write(route.stdoutFd, bytes),
    route.escapeStdout,
  );
  const stderr = new LocalCapture(
    STDERR_CAP,
    (bytes) => write(route.stderrFd, bytes),
    route.escapeStderr,
  );
  const cwd = resolveCwd(command, policy);
  const executables = cwd === null
    ? null
    : await noteExecutables(command, cwd, env, digests);
  const heard = signals.heard();
  const outcome = heard !== null
    ? { ...interruptedBy(heard), timedOut: false }
    : cwd === null
    ? notStarted(
      EXIT_NOT_EXECUTABLE,
      `cwd does not exist: ${quote(command.cwd)}`,
    )
    : await runProcesses(command, cwd, env, { stdout, stderr, signals });
  return {
    exitCode: outcome.exitCode,
    timedOut: outcome.timedOut,
    error: outcome.error,
    stdout: await stdout.finish(),
    stderr: await stderr.finish(),
    notes: [],
    facts: {
      output_complete: !stdout.abandoned && !stderr.abandoned,
      executables: await executables?.digested() ?? [],
      limits: [
        deadlineLimit(command.timeout_sec, "process_group"),
        ...CAPTURE_LIMITS,
      ],
    },
  };
}

/** How the processes of one command ended. */
interface Outcome {
  readonly exitCode: number;
  readonly timedOut: boolean;
  readonly error: string;
}

function notStarted(exitCode: number, error: string): Outcome {
  return { exitCode, timedOut: false, error };
}

/** Runs every segment at the same time. */
async function runProcesses(
  command: Command,
  cwd: string,
  env: Record<string, string>,
  { stdout, stderr, signals }: {
    readonly stdout: LocalCapture;
    readonly stderr: LocalCapture;
    readonly signals: EndingSignals;
  },
): Promise<Outcome> {
  const vectors = argvVectors(command);
  const pipes = LocalPipes.open(vectors.length);
  const processes = new LocalProcesses(pipes.direct);
  try {
    for (const [index, argv] of vectors.entries()) {
      const spawned = spawn(argv, cwd, env, pipes.of(index));
      pipes.given(index);
      if (!("status" in spawned)) {
        await processes.discard();
        return spawned;
      }
      processes.add(spawned);
    }
    const drained = [
      stdout.drain(processes.connect(), processes.ended),
      ...processes.all.map((one) => stderr.drain(one.stderr, processes.ended)),
    ];
    const stop = await processes.settle(command.timeout_sec, signals);
    await Promise.all(drained);
    return outcomeOf(command, stop, processes.exitCodes());
  } finally {
    pipes.close();
    processes.killAll();
  }
}

function spawn(
  argv: readonly string[],
  cwd: string,
  env: Record<string, string>,
  { stdin, stdout }: { readonly stdin: End; readonly stdout: End },
): Spawned | Outcome {
  const [program = "", ...args] = argv;
  try {
    return new Deno.Command(program, {
      args,
      cwd,
      env,
      clearEnv: true,
      // Deno takes numbers of descriptors, too, and its types do not say so.
      stdin: stdin as "piped",
      stdout: stdout as "piped",
      stderr: "piped",
      // A session of its own is also a process group, which can be killed whole.
      detached: true,
    }).spawn();
  } catch (error) {
    return error instanceof Deno.errors.NotFound
      ? notStarted(
        EXIT_NOT_FOUND,
        `command not found: ${quote(program)}${unsplitAdvice(program)}`,
      )
      : notStarted(
        EXIT_NOT_EXECUTABLE,
        `command cannot be executed: ${quote(program)}`,
      );
  }
}

function unsplitAdvice(program: string): string {
  return /\s/.test(program) ? "; an argv has one element for each word" : "";
}

/** One exit code for all segments (protocol §6). */
function outcomeOf(
  command: Command,
  stop: Stop,
  codes: readonly number[],
): Outcome {
  if (stop === "timeout") {
    return {
      exitCode: EXIT_TIMED_OUT,
      timedOut: true,
      error: `command timed out after ${command.timeout_sec} seconds`,
    };
  }
  if (stop === null) {
    const exitCode = codes[firstFailure(codes)] ?? 0;
    return { exitCode, timedOut: false, error: "" };
  }
  return { ...interruptedBy(stop), timedOut: false };
}

/**
 * `csc run CONTRACT POLICY`: the whole pipeline, and a receipt in any case.
 *
 * @module
 */
import type { LoadedConfig } from "../config/config.ts";
import { mark } from "../core/mark.ts";
import { quote } from "../core/text.ts";
import type { ExecutionMode, OutputRoute } from "../execute/executor.ts";
import { MAX_APPROVAL_BYTES } from "../protocol/limits.ts";
import type { RunOutcome } from "../run/conclude.ts";
import type { RunEnding } from "../run/account.ts";
import { runContract } from "../run/pipeline.ts";
import type { Signer } from "../sign/signer.ts";
import { type Arguments, type Syntax, usage } from "./arguments.ts";
import type { RunBackends } from "./backends.ts";
import { commandExitCode, type ExitCode, runExitCode } from "./exit_codes.ts";
import {
  type Input,
  readInput,
  readPrivateKey,
  readSubject,
} from "./inputs.ts";
import { privatePaths } from "./private_paths.ts";
import {
  configOf,
  DEFAULT_RECEIPT,
  keyOf,
  modeOf,
  settingsOf,
} from "./run_settings.ts";
import { cannotSign } from "./signing_errors.ts";
import { signalWord } from "./signal_word.ts";
import type { Terminal } from "./terminal.ts";

/** Contract and policy of a run, where two operands do not name them. */
export interface MadeSubject {
  readonly contract: Input;
  readonly policy: Input;
  /** What helps against an ending with an error; wins over its own next step. */
  hintFor(ending: RunEnding, exitCode: number | undefined): string | undefined;
}

/**
 * Performs the verb; with `made`, as `csc exec` does: hardened unless told
 * otherwise, the receipt in the state directory.
 */
export async function run(
  args: Arguments,
  backends: RunBackends,
  made: MadeSubject | null = null,
): Promise<ExitCode> {
  const startedAt = backends.clock.now();
  try {
    return await perform(args, backends, made);
  } catch (error) {
    const { earlyError } = await import("./early_error.ts");
    const operands = made === null ? args.operands : [];
    const receipt = args.options.get("--receipt-out") ??
      (made === null ? DEFAULT_RECEIPT : null);
    throw earlyError(error, { verb: "run", operands, receipt, startedAt });
  }
}

async function perform(
  args: Arguments,
  backends: RunBackends,
  made: MadeSubject | null,
): Promise<ExitCode> {
  const { terminal } = backends;
  const { switches, options } = args;
  const verb = { name: made === null ? "run" : "exec" };
  const asked = modeOf(args, verb);
  const voice = voiceOf(args, verb);
  const subject = made ?? readSubject(args);
  mark("inputs read");
  const config = await configOf(args, backends);
  mark("configuration");
  const mode = asked ?? (made === null ? config.mode ?? "local" : "hardened");
  const settings = settingsOf(args, {
    mode,
    config,
    signer: await signerOf(args, { mode, config, made }, backends),
    receiptPath: made === null ? DEFAULT_RECEIPT : null,
  });
  mark("key");
  if (mode === "local" && voice !== "quiet") {
    terminal.err(
      "csc: local mode: commands are checked, not confined; " +
        'use "--mode hardened" for a sandbox\n',
    );
  }
  const json = switches.has("--json");
  const approval = options.get("--approval");
  const route = {
    ...routeOf(terminal, json, switches.has("--raw")),
    progressFd: wantsProgress(args, backends) ? 2 : -1,
  };
  const outcome = await runContract({
    contract: subject.contract,
    policy: subject.policy,
    approval: approval === undefined ? null : () =>
      readInput({
        path: approval,
        what: "approval",
        maxBytes: MAX_APPROVAL_BYTES,
      }),
    route,
  }, backends.runDeps(settings));
  if (json) terminal.out(outcome.receiptText);
  if (voice === "verbose") {
    const { story } = await import("./story.ts");
    terminal.err(story(outcome.receipt, outcome.evidenceText));
  }
  // What did not run has left nothing there.
  const lost = mode === "hardened" && outcome.ran.length > 0 &&
      voice !== "quiet"
    ? privatePaths(outcome.contract, verb.name)
    : [];
  report(
    { ...outcome, warnings: [...outcome.warnings, ...lost] },
    terminal,
    voice === "quiet",
    made,
  );
  if (
    outcome.ran.some(({ result: { stdout, stderr } }) =>
      stdout.lost !== undefined || stderr.lost !== undefined
    )
  ) {
    const { outputLost } = await import("./output_lost.ts");
    throw outputLost(outcome, route);
  }
  const { verdict } = outcome.ending;
  return (options.get("--exit-code") ?? (made && "command")) === "command"
    ? commandExitCode(verdict, outcome.receipt.exit_code)
    : runExitCode(verdict);
}

/** How much is said on standard error beside errors. */
type Voice = "quiet" | "usual" | "verbose";

function voiceOf({ switches }: Arguments, verb: Pick<Syntax, "name">): Voice {
  const quiet = switches.has("--quiet");
  if (!switches.has("--verbose")) return quiet ? "quiet" : "usual";
  if (!quiet) return "verbose";
  throw usage(verb, '"--quiet" and "--verbose" contradict each other');
}

/**
 * The signer; null where nobody asked for a signature. Hardened mode always
 * does: an unsigned receipt of it would prove nothing (protocol §7).
 */
async function signerOf(
  args: Arguments,
  { mode, config, made }: {
    mode: ExecutionMode;
    config: LoadedConfig;
    made: MadeSubject | null;
  },
  backends: RunBackends,
): Promise<Signer | null> {
  const key = keyOf(args, config);
  // A key named here has no id but one named here: the configured one is of
  // another key, and nobody could verify what it is written on.
  const keyId = args.options.get("--key-id") ??
    (args.options.has("--signing-key") ? undefined : config.signing?.key_id);
  const asked = mode === "hardened" || args.switches.has("--sign") ||
    args.options.has("--key-id");
  if (!asked && key === undefined) return null;
  if (key === undefined || keyId === undefined) {
    const missing = key === undefined ? "--signing-key" : "--key-id";
    const why = mode === "hardened"
      ? "hardened mode signs every receipt"
      : "a signature was asked for";
    throw cannotSign({ missing, why, argv: made ? args.operands : [] });
  }
  const { bytes, source } = readPrivateKey(key, backends.uid());
  try {
    return await backends.loadSigner(bytes, keyId, source);
  } finally {
    bytes.fill(0);
  }
}

/** With --json standard output belongs to the receipt alone. */
function routeOf(terminal: Terminal, json: boolean, raw: boolean): OutputRoute {
  const { stderrIsTerminal } = terminal;
  const readByPerson = json ? stderrIsTerminal : terminal.stdoutIsTerminal;
  return {
    stdoutFd: json ? 2 : 1,
    stderrFd: 2,
    escapeStdout: readByPerson && !raw,
    escapeStderr: stderrIsTerminal && !raw,
  };
}

/**
 * A person who waits is told for how long. Raw output may leave the cursor
 * anywhere, and a dumb terminal cannot take a line back.
 */
function wantsProgress(
  { switches }: Arguments,
  { terminal, env }: RunBackends,
): boolean {
  return terminal.stderrIsTerminal && !switches.has("--quiet") &&
    !switches.has("--raw") && env("TERM") !== "dumb";
}

/** The last word on a run, on standard error. Errors are said even if quiet. */
function report(
  { ending, receipt, receiptPath, warnings }: RunOutcome,
  terminal: Terminal,
  quiet: boolean,
  made: MadeSubject | null,
): void {
  const hint =
    (ending.error === ""
      ? undefined
      : made?.hintFor(ending, receipt.exit_code)) ?? ending.hint;
  const lines = warnings.map((warning) => `csc: warning: ${warning}`);
  if (ending.error !== "") lines.push(`csc: ${ending.error}`);
  if (hint !== undefined) lines.push(`hint: ${hint}`);
  if (!quiet) {
    const code = receipt.exit_code === undefined
      ? ""
      : `, exit code ${receipt.exit_code}${signalWord(receipt.exit_code)}`;
    lines.push(
      `csc: ${receipt.status}${code}, receipt ${quote(receiptPath, 400)}`,
    );
  }
  if (lines.length > 0) terminal.err(`${lines.join("\n")}\n`);
}

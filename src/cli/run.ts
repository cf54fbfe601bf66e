/**
 * `csc run CONTRACT POLICY`: the whole pipeline, and a receipt in any case.
 *
 * @module
 */
import { loadConfig } from "../config/find.ts";
import type { LoadedConfig } from "../config/config.ts";
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import type { ExecutionMode, OutputRoute } from "../execute/executor.ts";
import { MAX_APPROVAL_BYTES } from "../protocol/limits.ts";
import type { RunOutcome } from "../run/conclude.ts";
import { runContract } from "../run/pipeline.ts";
import type { Signer } from "../sign/signer.ts";
import { type Arguments, usage } from "./arguments.ts";
import type { RunBackends, RunSettings } from "./backends.ts";
import { readSubject } from "./check.ts";
import { type ExitCode, runExitCode } from "./exit_codes.ts";
import { readInput, readPrivateKey } from "./inputs.ts";
import type { Terminal } from "./terminal.ts";

const DEFAULT_RECEIPT = "./out/receipt.json";

/** Performs the verb. */
export async function run(
  args: Arguments,
  backends: RunBackends,
): Promise<ExitCode> {
  const { terminal } = backends;
  const asked = modeOf(args);
  const quiet = args.switches.has("--quiet");
  const json = args.switches.has("--json");
  const subject = readSubject(args);
  const config = await loadConfig({
    named: args.options.get("--config"),
    uid: backends.uid(),
    env: backends.env,
    flags: args,
  });
  const mode = asked ?? config.mode ?? "local";
  const settings = await settingsOf(args, mode, config, backends);
  if (mode === "local" && !quiet) {
    terminal.err(
      "csc: local mode: commands are checked, not confined; " +
        'use "--mode hardened" for a sandbox\n',
    );
  }
  const approval = args.options.get("--approval");
  const outcome = await runContract({
    ...subject,
    approval: approval === undefined ? null : () =>
      readInput({
        path: approval,
        what: "approval",
        maxBytes: MAX_APPROVAL_BYTES,
      }),
    route: routeOf(terminal, json),
  }, backends.runDeps(settings));
  if (json) terminal.out(outcome.receiptText);
  report(outcome, terminal, quiet);
  return runExitCode(outcome.ending.verdict);
}

function modeOf(args: Arguments): ExecutionMode | undefined {
  const mode = args.options.get("--mode");
  if (mode === undefined || mode === "local" || mode === "hardened") {
    return mode;
  }
  throw usage(
    { name: "run" },
    `mode ${quote(mode)} is neither "local" nor "hardened"`,
  );
}

/** Merges flags and configuration; flags win. */
async function settingsOf(
  args: Arguments,
  mode: ExecutionMode,
  config: LoadedConfig,
  backends: RunBackends,
): Promise<RunSettings> {
  return {
    mode,
    receiptPath: args.options.get("--receipt-out") ?? DEFAULT_RECEIPT,
    signer: await signerOf(args, mode, config, backends),
    keyPath: args.options.get("--signing-key") ?? config.signing?.key ?? null,
    stateDir: args.options.get("--state-dir") ?? config.state_dir,
    log: args.switches.has("--no-log") ? "off" : config.log ?? "required",
    sandbox: config.sandbox ?? {},
    accepted: config.accepted ?? [],
  };
}

/**
 * The signer; null where nobody asked for a signature. Hardened mode always
 * does: an unsigned receipt of it would prove nothing (protocol §7).
 */
async function signerOf(
  args: Arguments,
  mode: ExecutionMode,
  config: LoadedConfig,
  backends: RunBackends,
): Promise<Signer | null> {
  const key = args.options.get("--signing-key") ?? config.signing?.key;
  const keyId = args.options.get("--key-id") ?? config.signing?.key_id;
  const asked = mode === "hardened" || args.switches.has("--sign") ||
    args.options.has("--key-id");
  if (!asked && key === undefined) return null;
  if (key === undefined || keyId === undefined) {
    const missing = key === undefined ? "--signing-key" : "--key-id";
    const why = mode === "hardened"
      ? "hardened mode signs every receipt"
      : "a signature was asked for";
    throw new CscError(
      "KEY_INVALID",
      `sign: ${why}, but no ${missing} is given`,
      {
        hint: 'Make a key with "csc keygen", then name it with ' +
          '"--signing-key FILE --key-id ID" or in the configuration.',
      },
    );
  }
  const { bytes, source } = readPrivateKey(key, backends.uid());
  try {
    return await backends.loadSigner(bytes, keyId, source);
  } finally {
    bytes.fill(0);
  }
}

/** With --json standard output belongs to the receipt alone. */
function routeOf(terminal: Terminal, json: boolean): OutputRoute {
  const { stderrIsTerminal } = terminal;
  return {
    stdoutFd: json ? 2 : 1,
    stderrFd: 2,
    escapeStdout: json ? stderrIsTerminal : terminal.stdoutIsTerminal,
    escapeStderr: stderrIsTerminal,
  };
}

/** The last word on a run, on standard error. Errors are said even if quiet. */
function report(
  { ending, receipt, receiptPath, warnings }: RunOutcome,
  terminal: Terminal,
  quiet: boolean,
): void {
  const lines = warnings.map((warning) => `csc: warning: ${warning}`);
  if (ending.error !== "") lines.push(`csc: ${ending.error}`);
  if (ending.hint !== undefined) lines.push(`hint: ${ending.hint}`);
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

/** Signals that limits and people send; others are just their number. */
const SIGNALS: Readonly<Record<number, string>> = {
  1: "SIGHUP",
  2: "SIGINT",
  6: "SIGABRT",
  9: "SIGKILL",
  11: "SIGSEGV",
  13: "SIGPIPE",
  15: "SIGTERM",
  24: "SIGXCPU: more CPU time than sandbox.cpu_sec",
  25: "SIGXFSZ: a file larger than sandbox.file_mb",
  31: "SIGSYS: a system call of another ABI",
};

/** What an exit code of 128+N says, for people. */
function signalWord(exitCode: number): string {
  const signal = SIGNALS[exitCode - 128];
  return signal === undefined ? "" : ` (${signal})`;
}

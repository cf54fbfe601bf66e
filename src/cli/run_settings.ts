/**
 * What flags and configuration say about a run; flags win.
 *
 * @module
 */
import type { Config, LoadedConfig } from "../config/config.ts";
import { loadConfig } from "../config/find.ts";
import { quote } from "../core/text.ts";
import type { ExecutionMode } from "../execute/executor.ts";
import type { Signer } from "../sign/signer.ts";
import { type Arguments, type Syntax, usage } from "./arguments.ts";
import type { Backends, RunSettings } from "./backends.ts";

/** Where `csc run` puts its receipt (protocol §8). */
export const DEFAULT_RECEIPT = "./out/receipt.json";

/** The mode that a flag asks for, or undefined; throws USAGE. */
export function modeOf(
  args: Arguments,
  verb: Pick<Syntax, "name">,
): ExecutionMode | undefined {
  const mode = args.options.get("--mode");
  if (mode === undefined || mode === "local" || mode === "hardened") {
    return mode;
  }
  throw usage(verb, `mode ${quote(mode)} is neither "local" nor "hardened"`);
}

/** The configuration that counts for this command line. */
export function configOf(
  args: Arguments,
  { uid, env }: Backends,
): Promise<LoadedConfig> {
  const named = args.options.get("--config");
  return loadConfig({ named, uid: uid(), env, flags: args });
}

/** The file of the private key; undefined where nobody names one. */
export function keyOf(
  { options }: Arguments,
  config: Config,
): string | undefined {
  return options.get("--signing-key") ?? config.signing?.key;
}

/** What the settings depend on beside the command line. */
export interface SettingSources {
  readonly mode: ExecutionMode;
  readonly config: LoadedConfig;
  readonly signer: Signer | null;
  /** Where the receipt goes if no flag says so; null for the state directory. */
  readonly receiptPath: string | null;
}

/** Merges flags and configuration. */
export function settingsOf(
  args: Arguments,
  { mode, config, signer, receiptPath }: SettingSources,
): RunSettings {
  const { options, switches } = args;
  return {
    mode,
    receiptPath: options.get("--receipt-out") ?? receiptPath,
    signer,
    keyPath: keyOf(args, config) ?? null,
    stateDir: options.get("--state-dir") ?? config.state_dir,
    staged: switches.has("--staged"),
    log: switches.has("--no-log") ? "off" : config.log ?? "required",
    sandbox: config,
    accepted: config.accepted ?? [],
  };
}

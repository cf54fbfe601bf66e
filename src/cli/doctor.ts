/**
 * `csc doctor`: can this user run hardened commands on this host, and if not,
 * what exactly is to be done?
 *
 * @module
 */
import { loadConfig } from "../config/find.ts";
import {
  type Config,
  EMPTY_CONFIG,
  type SandboxSettings,
} from "../config/config.ts";
import { isCscError } from "../core/errors.ts";
import { quote, visible } from "../core/text.ts";
import type { Trial } from "../execute/trial.ts";
import { stateDirectoryPath } from "../log/state_dir.ts";
import type { Arguments } from "./arguments.ts";
import type { Backends } from "./backends.ts";
import { appArmorProfile } from "./doctor/apparmor.ts";
import { cgroupFindings } from "./doctor/cgroup_checks.ts";
import type { Finding, Standing } from "./doctor/finding.ts";
import { type Host, realHost } from "./doctor/host.ts";
import { kernelFindings } from "./doctor/kernel_checks.ts";
import { type OwnFiles, ownFindings } from "./doctor/own_checks.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";

const MARK: Readonly<Record<Standing, string>> = {
  ok: "ok     ",
  missing: "MISSING",
  weaker: "weaker ",
  note: "note   ",
};

/** Performs the verb. */
export async function doctor(
  args: Arguments,
  backends: Backends,
): Promise<ExitCode> {
  const { terminal, uid, env } = backends;
  if (args.switches.has("--print-apparmor-profile")) {
    terminal.out(appArmorProfile(backends.executable()));
    return EXIT.OK;
  }
  const host = realHost(uid(), env);
  const { own, sandbox } = await configured(host, args);
  const findings = [
    ...kernelFindings(host),
    ...await sandboxFindings(backends, sandbox),
    ...ownFindings(host, own),
  ];
  const works = findings.every(({ standing }) => standing !== "missing");
  terminal.out(
    args.switches.has("--json")
      ? `${JSON.stringify({ works, findings }, null, 2)}\n`
      : describe(works, findings),
  );
  return works ? EXIT.OK : EXIT.FAILED;
}

/**
 * Builds real sandboxes, one under each sandbox profile, which no reading of
 * settings can replace.
 */
async function sandboxFindings(
  backends: Backends,
  { sandbox = {}, sandbox_profiles = {} }: SandboxSettings,
): Promise<Finding[]> {
  const verb = await backends.forRun();
  const usual = await verb.trial(backends, { sandbox });
  const findings = [
    ...cgroupFindings(usual.cgroups),
    trialFinding(usual.trial, null),
  ];
  for (const [name, own] of Object.entries(sandbox_profiles)) {
    const laid = { sandbox: { ...sandbox, ...own } };
    const { trial } = await verb.trial(backends, laid);
    findings.push(trialFinding(trial, name));
  }
  return findings;
}

function trialFinding(
  { works, message, hint }: Trial,
  profile: string | null,
): Finding {
  const id = profile === null ? "trial" : `trial:${profile}`;
  const where = profile === null
    ? ""
    : ` under sandbox profile ${quote(profile)}`;
  if (works === null) {
    const text = "no program of the system's is there to try a sandbox with";
    return { id, standing: "note", text };
  }
  if (works) {
    const text = `a sandbox was built${where} and a program ran in it`;
    return { id, standing: "ok", text };
  }
  return {
    id,
    standing: "missing",
    text: `a sandbox cannot be built${where}: ${message}`,
    ...(hint === "" ? {} : { fix: hint }),
  };
}

async function configured(
  host: Host,
  args: Arguments,
): Promise<{ own: OwnFiles; sandbox: SandboxSettings }> {
  let config: Config = EMPTY_CONFIG;
  let configProblem: OwnFiles["configProblem"] = null;
  const { uid, env } = host;
  try {
    const named = args.options.get("--config");
    config = await loadConfig({ named, uid, env, flags: args });
  } catch (error) {
    if (!isCscError(error)) throw error;
    configProblem = { message: error.message, hint: error.hint ?? "" };
  }
  const own = {
    configProblem,
    keyPath: config.signing?.key ?? null,
    statePath: statePathOf(config, host),
    log: config.log ?? "required",
  };
  return { own, sandbox: config };
}

function statePathOf(config: Config, { uid, env }: Host): string | null {
  try {
    return stateDirectoryPath({ configured: config.state_dir, uid, env });
  } catch (error) {
    if (isCscError(error)) return null;
    throw error;
  }
}

function describe(works: boolean, findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ standing, text, fix }) => [
    `${MARK[standing]}  ${visible(text)}`,
    ...(fix ?? "").split("\n").filter((line) => line !== "").map((line) =>
      `         ${visible(line)}`
    ),
  ]);
  const end = works
    ? "hardened runs work here"
    : "hardened runs do not work here; see MISSING above";
  return `${[...lines, "", end].join("\n")}\n`;
}

/**
 * `csc plan CONTRACT POLICY`: what a run would be made of. Decides and plans
 * as `run` does, by the same code, and stops there.
 *
 * @module
 */
import { type CscError, isCscError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { quote } from "../core/text.ts";
import { allowedHint } from "../decide/allowed.ts";
import type { PreparedRun } from "../execute/executor.ts";
import { judge, type Subject } from "../run/account.ts";
import type { Arguments } from "./arguments.ts";
import type { RunBackends, RunSettings } from "./backends.ts";
import { decisionExitCode, EXIT, type ExitCode } from "./exit_codes.ts";
import { readSubject } from "./inputs.ts";
import { planLines } from "./plan_text.ts";
import { privatePaths } from "./private_paths.ts";
import {
  configOf,
  DEFAULT_RECEIPT,
  modeOf,
  settingsOf,
} from "./run_settings.ts";

/** Version of what `--json` prints. */
const PLAN_VERSION = "csc.plan.v0.1";

/** What planning came to. */
type Outcome =
  /** The policy denies; nothing was planned. */
  | { readonly what: "denied" }
  /** The run would be blocked. */
  | { readonly what: "blocked"; readonly error: CscError }
  | { readonly what: "planned"; readonly prepared: PreparedRun };

/** Performs the verb. */
export async function plan(
  args: Arguments,
  backends: RunBackends,
): Promise<ExitCode> {
  const { terminal, clock } = backends;
  const mode = modeOf(args, { name: "plan" }) ?? "hardened";
  const startedAt = clock.now();
  let subject: Subject;
  try {
    subject = await judge(readSubject(args), startedAt);
  } catch (error) {
    const { earlyError } = await import("./early_error.ts");
    const { operands } = args;
    throw earlyError(error, {
      verb: "plan",
      operands,
      receipt: null,
      startedAt,
    });
  }
  const settings = settingsOf(args, {
    mode,
    config: await configOf(args, backends),
    signer: null,
    receiptPath: DEFAULT_RECEIPT,
  });
  const outcome = await outcomeOf(subject, settings, backends);
  try {
    if (mode === "hardened" && outcome.what !== "denied") {
      for (const warning of privatePaths(subject.contract, "plan")) {
        terminal.err(`csc: warning: ${warning}\n`);
      }
    }
    terminal.out(
      args.switches.has("--json")
        ? `${JSON.stringify(planJson(subject, settings, outcome), null, 2)}\n`
        : `${planText(subject, settings, outcome).join("\n")}\n`,
    );
  } finally {
    if (outcome.what === "planned") outcome.prepared.close();
  }
  return outcome.what === "planned"
    ? decisionExitCode(subject.decision.decision)
    : EXIT.FAILED;
}

async function outcomeOf(
  { decision, contract, policy }: Subject,
  settings: RunSettings,
  backends: RunBackends,
): Promise<Outcome> {
  if (decision.decision === "deny") return { what: "denied" };
  const { acceptPolicy, executor, seals } = backends.runDeps(settings);
  try {
    acceptPolicy(policy);
    const prepared = await executor.prepare(contract, policy.policy, seals());
    return { what: "planned", prepared };
  } catch (error) {
    if (isCscError(error)) return { what: "blocked", error };
    throw error;
  }
}

function planJson(
  { decision }: Subject,
  { mode }: RunSettings,
  outcome: Outcome,
): JsonObject {
  const document = {
    plan_version: PLAN_VERSION,
    decision: decision as unknown as JsonObject,
    mode,
  };
  if (outcome.what === "denied") return { ...document, blocked: null };
  if (outcome.what === "blocked") {
    const { code, message, hint = null } = outcome.error;
    return { ...document, blocked: { code, message, hint } };
  }
  const { profile, facts, commands } = outcome.prepared;
  return {
    ...document,
    blocked: null,
    sandbox_profile: { ...profile, facts },
    commands: commands.map(({ id, plan, missing = null }) => ({
      id,
      missing,
      plan,
    })),
  };
}

function planText(
  { contract, decision, policy }: Subject,
  settings: RunSettings,
  outcome: Outcome,
): string[] {
  const lines = [
    `decision: ${decision.decision} (${decision.reason_codes.join(", ")})`,
    ...decision.reasons.map((reason) => `reason: ${reason}`),
  ];
  if (outcome.what === "denied") {
    lines.push(`hint: ${allowedHint(contract, policy.policy)}`);
    return [...lines, `policy ${quote(policy.policy.name)}: nothing would run`];
  }
  if (outcome.what === "blocked") {
    const { message, hint } = outcome.error;
    lines.push(`blocked: ${message}`);
    if (hint !== undefined) lines.push(`hint: ${hint}`);
    return lines;
  }
  const { profile, commands } = outcome.prepared;
  lines.push(
    `mode: ${settings.mode}, sandbox profile ${quote(profile.name)} ` +
      `sha256 ${profile.sha256}`,
  );
  if (settings.mode === "hardened" && settings.keyPath === null) {
    lines.push("note: no signing key is named, and hardened mode needs one");
  }
  for (const { id, plan, missing } of commands) {
    lines.push("", `command ${quote(id)}`, ...planLines(plan));
    if (missing != null) lines.push(`  fails        ${missing}`);
  }
  return lines;
}

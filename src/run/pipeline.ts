/**
 * The way of a contract, whole and in order:
 *
 *   parse → validate → decide → consume approval → plan → execute → receipt →
 *   sign → log
 *
 * A denial or a failure travels the last three steps as well.
 *
 * @module
 */
import {
  alreadyConsumed,
  checkApproval,
  refuseDualControl,
} from "../approvals/check.ts";
import type {
  CommandResult,
  PreparedCommand,
  PreparedRun,
  RunEffects,
  StartedCommand,
} from "../execute/executor.ts";
import { listenForEnding } from "../execute/signals.ts";
import { formatRfc3339, parseRfc3339 } from "../protocol/rfc3339.ts";
import { mark } from "../core/mark.ts";
import { quote } from "../core/text.ts";
import {
  type Account,
  judgedRun,
  openAccount,
  type RunEnding,
} from "./account.ts";
import { conclude, type RunOutcome } from "./conclude.ts";
import type { RunDeps, RunRequest } from "./deps.ts";
import { approvalRequired, denied, expired, stopped } from "./endings.ts";
import { intentRecord } from "./intent.ts";

/**
 * Runs a contract and accounts for it.
 *
 * @throws CscError when nothing was started and no receipt can be given (input
 * that cannot be parsed, no place for the receipt), or when the receipt could
 * not be written after the run.
 */
export async function runContract(
  request: RunRequest,
  deps: RunDeps,
): Promise<RunOutcome> {
  const account = await openAccount(request, deps);
  const output = deps.openOutput(account.executionId);
  mark("receipt opened");
  let ending: RunEnding;
  try {
    ending = await perform(account, request, deps);
  } catch (error) {
    ending = stopped(error);
  }
  try {
    account.effects = await effectsOf(account);
  } catch (error) {
    // What cannot be told did not succeed.
    ending = stopped(error);
  } finally {
    account.prepared?.close();
  }
  try {
    return await conclude(account, ending, deps, output);
  } finally {
    account.stopListening?.();
  }
}

/** What the commands that ran have changed, as far as anybody knows. */
async function effectsOf(
  { ran, prepared, contract }: Account,
): Promise<RunEffects | null> {
  if (prepared?.effects !== undefined) return await prepared.effects();
  if (ran.length === 0) return null;
  const { expected_outputs } = contract;
  if (expected_outputs === undefined || expected_outputs.length === 0) {
    return null;
  }
  const { expectedOutputs } = await import("../execute/outputs.ts");
  return await expectedOutputs(expected_outputs);
}

/** From the decision to the last command; throws what must block the run. */
async function perform(
  account: Account,
  request: RunRequest,
  deps: RunDeps,
): Promise<RunEnding> {
  const { decision } = account;
  // Whatever another policy has decided counts for nothing.
  deps.acceptPolicy(account.policy);
  if (decision.decision === "deny") return denied(account);
  if (decision.decision === "needs_approval" && request.approval === null) {
    return approvalRequired(account);
  }
  await readApproval(account, request, deps);
  account.records = deps.openRecords();
  mark("state opened");
  const prepared = await plan(account, deps);
  mark("planned");
  // Built while the intent goes to disk; nothing of it runs before `release`.
  const first = prepared.commands[0]?.start?.(request.route);
  mark("sandbox started");
  // What there is an intent of, there is a receipt of.
  account.stopListening = listenForEnding();
  try {
    account.records.intend(
      judgedRun(account),
      intentRecord(account, deps.executor.mode),
    );
    mark("intent durable");
    if (isExpired(account, deps)) {
      await first?.abandon();
      return expired(account);
    }
    await consumeApproval(account, deps);
  } catch (error) {
    await first?.abandon();
    throw error;
  }
  return await execute(account, prepared, request, deps, first);
}

/** Every check of an approval but earlier use (protocol §6). */
async function readApproval(
  account: Account,
  request: RunRequest,
  deps: RunDeps,
): Promise<void> {
  if (request.approval === null) return;
  const { parseApproval } = await import("../protocol/approval.ts");
  const { bytes, source } = request.approval();
  const approval = parseApproval(bytes, source);
  refuseDualControl(approval, account.contract);
  checkApproval(approval, account.contractSha256, deps.clock.now());
  account.approval = approval;
}

/** Has every check made that can be made before the first command starts. */
async function plan(
  account: Account,
  deps: RunDeps,
): Promise<PreparedRun> {
  // Opened now: what is made later would be seen by the command, unmasked.
  if (account.approval?.scope === "single_execution") deps.approvals.open();
  account.prepared = await deps.executor.prepare(
    account.contract,
    account.policy.policy,
    deps.seals(),
  );
  return account.prepared;
}

/** Uses up the approval, at the last moment before something starts. */
async function consumeApproval(account: Account, deps: RunDeps): Promise<void> {
  const { approval } = account;
  if (approval === null) return;
  const now = deps.clock.now();
  // Planning may have taken a while, and an approval may have run out.
  checkApproval(approval, account.contractSha256, now);
  if (approval.scope === "time_window") return;
  const first = await deps.approvals.consume({
    approval,
    contractSha256: account.contractSha256,
    executionId: account.executionId,
    at: formatRfc3339(now),
  });
  if (!first) throw alreadyConsumed(approval);
  account.approvalConsumed = true;
}

/** Runs one command after another; the first failure stops the rest. */
async function execute(
  account: Account,
  prepared: PreparedRun,
  request: RunRequest,
  deps: RunDeps,
  first: StartedCommand | undefined,
): Promise<RunEnding> {
  for (const [index, command] of prepared.commands.entries()) {
    const started = index === 0 ? first : undefined;
    const { exitCode, error } = await runOne(
      account,
      command,
      started,
      request,
      deps,
    );
    if (exitCode === 0) continue;
    // What the command itself had to say, it has said on stderr.
    const why = error === "" ? "" : `command ${quote(command.id)}: ${error}`;
    return { verdict: "failed", error: why };
  }
  return { verdict: "success", error: "" };
}

async function runOne(
  account: Account,
  command: PreparedCommand,
  started: StartedCommand | undefined,
  request: RunRequest,
  { clock }: RunDeps,
): Promise<CommandResult> {
  const start = clock.monotonic();
  const result = await (started?.release() ?? command.run(request.route));
  mark("command ended");
  const durationUs = Math.round((clock.monotonic() - start) * 1000);
  account.ran.push({ id: command.id, plan: command.plan, result, durationUs });
  return result;
}

/** A decision holds for a while only; yesterday's policy must not rule today. */
function isExpired(account: Account, { clock }: RunDeps): boolean {
  const until = parseRfc3339(account.decision.expires_at);
  return until === null || clock.now() >= until;
}

/**
 * `csc check CONTRACT POLICY`: what the policy says; nothing runs.
 *
 * @module
 */
import { quote } from "../core/text.ts";
import { allowedHint } from "../decide/allowed.ts";
import { judge, type Subject } from "../run/account.ts";
import { refuseAsRunWould } from "./accepted_policy.ts";
import { type Arguments, usage } from "./arguments.ts";
import type { Backends } from "./backends.ts";
import { decisionExitCode, type ExitCode } from "./exit_codes.ts";
import { readSubject } from "./inputs.ts";
import { privatePaths } from "./private_paths.ts";
import { wideScopes } from "./wide_scopes.ts";

/** Performs the verb. */
export async function check(
  args: Arguments,
  { terminal, clock }: Backends,
): Promise<ExitCode> {
  const { operands, switches } = args;
  if (switches.has("--quiet") && switches.has("--json")) {
    throw usage(
      { name: "check" },
      '"--quiet" and "--json" contradict each other',
    );
  }
  const startedAt = clock.now();
  let subject: Subject;
  try {
    subject = await judge(readSubject(args), startedAt);
  } catch (error) {
    const { earlyError } = await import("./early_error.ts");
    throw earlyError(error, {
      verb: "check",
      operands,
      receipt: null,
      startedAt,
    });
  }
  await refuseAsRunWould(subject.policy, args);
  const { decision } = subject;
  if (decision.decision !== "deny" && !switches.has("--quiet")) {
    const { contract } = subject;
    for (
      const warning of [
        ...wideScopes(contract),
        ...privatePaths(contract, "check"),
      ]
    ) {
      terminal.err(`csc: warning: ${warning}\n`);
    }
  }
  if (switches.has("--json")) {
    terminal.out(`${JSON.stringify(decision, null, 2)}\n`);
  } else if (!switches.has("--quiet")) {
    terminal.out(describe(subject, switches.has("--verbose")));
  }
  return decisionExitCode(decision.decision);
}

function describe(
  { contract, policy, decision, contractSha256 }: Subject,
  verbose: boolean,
): string {
  const lines = [
    `decision: ${decision.decision} (${decision.reason_codes.join(", ")})`,
    ...decision.reasons.map((reason) => `reason: ${reason}`),
    ...decision.decision === "deny"
      ? [`hint: ${allowedHint(contract, policy.policy)}`]
      : [],
    `contract: ${quote(contract.contract_id)} sha256 ${contractSha256}`,
    `policy: ${quote(policy.policy.name)} sha256 ${policy.sha256}`,
  ];
  if (verbose) {
    for (
      const { command_id, effect_type } of decision.classified_effects ?? []
    ) {
      lines.push(`effect: command ${quote(command_id)} is ${effect_type}`);
    }
    lines.push(`holds until: ${decision.expires_at}`);
  }
  return `${lines.join("\n")}\n`;
}

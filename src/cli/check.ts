/**
 * `csc check CONTRACT POLICY`: what the policy says; nothing runs.
 *
 * @module
 */
import { quote } from "../core/text.ts";
import { MAX_CONTRACT_BYTES, MAX_POLICY_BYTES } from "../protocol/limits.ts";
import { judge, type Subject } from "../run/account.ts";
import { refuseAsRunWould } from "./accepted_policy.ts";
import type { Arguments } from "./arguments.ts";
import type { Backends } from "./backends.ts";
import { decisionExitCode, type ExitCode } from "./exit_codes.ts";
import { type Input, readInput } from "./inputs.ts";
import { wideScopes } from "./wide_scopes.ts";

/** Performs the verb. */
export async function check(
  args: Arguments,
  { terminal, clock }: Backends,
): Promise<ExitCode> {
  const subject = await judge(readSubject(args), clock.now());
  await refuseAsRunWould(subject.policy, args);
  const { decision } = subject;
  if (decision.decision !== "deny") {
    for (const warning of wideScopes(subject.contract)) {
      terminal.err(`csc: warning: ${warning}\n`);
    }
  }
  terminal.out(
    args.switches.has("--json")
      ? `${JSON.stringify(decision, null, 2)}\n`
      : describe(subject),
  );
  return decisionExitCode(decision.decision);
}

/** Reads the contract and the policy that two operands name. */
export function readSubject(
  { operands }: Arguments,
): { contract: Input; policy: Input } {
  const [contract = "", policy = ""] = operands;
  return {
    contract: readInput({
      path: contract,
      what: "contract",
      maxBytes: MAX_CONTRACT_BYTES,
    }),
    policy: readInput({
      path: policy,
      what: "policy",
      maxBytes: MAX_POLICY_BYTES,
    }),
  };
}

function describe({ contract, policy, decision, contractSha256 }: Subject) {
  const lines = [
    `decision: ${decision.decision} (${decision.reason_codes.join(", ")})`,
    ...decision.reasons.map((reason) => `reason: ${reason}`),
    `contract: ${quote(contract.contract_id)} sha256 ${contractSha256}`,
    `policy: ${quote(policy.policy.name)} sha256 ${policy.sha256}`,
  ];
  return `${lines.join("\n")}\n`;
}

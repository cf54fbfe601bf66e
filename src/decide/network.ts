/**
 * Network rule (protocol §5.2e): may the command reach as far as it asks to?
 *
 * @module
 */
import { type Command, NETWORK_ORDER } from "../protocol/contract.ts";
import type { Policy } from "../protocol/policy.ts";
import type { Finding } from "./finding.ts";

/** Returns a finding when the command asks for more network than the policy grants. */
export function checkNetwork(command: Command, policy: Policy): Finding[] {
  const asked = NETWORK_ORDER.indexOf(command.network);
  if (asked <= NETWORK_ORDER.indexOf(policy.network)) return [];
  return [{
    code: "NETWORK_EXCEEDS_POLICY",
    commandId: command.id,
    what: "network",
    subject: command.network,
    problem: `exceeds the policy's network "${policy.network}"`,
  }];
}

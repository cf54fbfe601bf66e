/**
 * Timeout rule (protocol §5.2e): may the command run as long as it asks for?
 *
 * @module
 */
import type { Command } from "../protocol/contract.ts";
import type { Policy } from "../protocol/policy.ts";
import type { Finding } from "./finding.ts";

/** Returns a finding when `timeout_sec` (seconds) is above the policy's limit. */
export function checkTimeout(command: Command, policy: Policy): Finding[] {
  if (command.timeout_sec <= policy.max_timeout_sec) return [];
  return [{
    code: "TIMEOUT_EXCEEDS_POLICY",
    commandId: command.id,
    what: "timeout_sec",
    subject: String(command.timeout_sec),
    problem: `exceeds the policy's max_timeout_sec ${policy.max_timeout_sec}`,
  }];
}

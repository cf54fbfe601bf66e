/**
 * Secrets rule (protocol §5.2e): may the command name secrets at all?
 *
 * @module
 */
import type { Command } from "../protocol/contract.ts";
import type { Policy } from "../protocol/policy.ts";
import type { Finding } from "./finding.ts";

/** Returns one finding per secret reference where the policy allows none. */
export function checkSecrets(command: Command, policy: Policy): Finding[] {
  if (policy.allow_secret_refs) return [];
  return command.secret_refs.map((subject) => ({
    code: "SECRET_REF_NOT_ALLOWED",
    commandId: command.id,
    what: "secret_refs entry",
    subject,
    problem: "is refused because the policy allows no secret references",
  }));
}

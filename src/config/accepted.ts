/**
 * Which policies are accepted at all.
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import type { ParsedPolicy } from "../protocol/policy.ts";
import type { AcceptedPolicies } from "./config.ts";

/**
 * Every file that names policies must name this one, by its digest (protocol
 * §4, policy_sha256). Throws POLICY_REFUSED.
 */
export function refuseUnaccepted(
  { policy, sha256 }: Pick<ParsedPolicy, "policy" | "sha256">,
  accepted: readonly AcceptedPolicies[],
): void {
  const refusing = accepted.find(({ digests }) => !digests.includes(sha256));
  if (refusing === undefined) return;
  throw new CscError(
    "POLICY_REFUSED",
    `use policy ${quote(policy.name)}: its sha256 ${sha256} is none of those ` +
      `that ${quote(refusing.source)} accepts`,
    {
      hint: "Use a policy as it was accepted, to the letter (csc exec: with " +
        '"--policy FILE"), or have its digest added to /policies of that file.',
    },
  );
}

/**
 * The policy decision as it travels (protocol §2).
 *
 * @module
 */
import type { ReasonCode } from "./reason_codes.ts";

/** What the gate says. */
export type Verdict = "allow" | "deny" | "needs_approval";

/** What one command was found to do, by trusted rules. */
export interface ClassifiedEffect {
  readonly command_id: string;
  /** One of the six effects, or an extension type such as `financial_action`. */
  readonly effect_type: string;
}

/** A decision about one contract under one policy. */
export interface PolicyDecision {
  readonly contract_id: string;
  readonly contract_sha256?: string;
  readonly decision: Verdict;
  /** Name of the policy. */
  readonly policy_profile: string;
  readonly classified_effects?: readonly ClassifiedEffect[];
  /** For people; at least one. */
  readonly reasons: readonly string[];
  /** For machines; at least one, each once. */
  readonly reason_codes: readonly ReasonCode[];
  /** RFC 3339. */
  readonly expires_at: string;
}

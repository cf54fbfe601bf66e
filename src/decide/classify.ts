/**
 * Effect classification (protocol §5.2b): what a command line does, by rules
 * that the agent has no say in.
 *
 * The rules are data. Where none of them knows a program, the effect that the
 * contract proposes stands for it.
 *
 * @module
 */
import { argvVectors, type Command } from "../protocol/contract.ts";
import type { Policy } from "../protocol/policy.ts";

/** One line of the table: all conditions given must hold. */
interface EffectRule {
  /** argv[0], exactly. */
  readonly program: string;
  /**
   * The command line must contain one of the policy's allowed egress hosts
   * whose name contains this text.
   */
  readonly egressHostContaining?: string;
  readonly effect: string;
}

/** For each argv vector the first line that fits counts. */
const EFFECT_RULES: readonly EffectRule[] = [
  {
    program: "curl",
    egressHostContaining: "stripe",
    effect: "financial_action",
  },
  { program: "curl", effect: "fetch_external" },
];

/**
 * The protocol's effect types, weakest first. Extension types (such as
 * financial_action) name special harm and count as stronger than all of these.
 */
const BY_STRENGTH: readonly string[] = [
  "observe",
  "transform_local",
  "fetch_external",
  "mutate_repo",
  "deploy",
  "touch_secrets",
];

/** What one command does. */
export interface Classification {
  /** The strongest of all effects; what the decision states. */
  readonly effect: string;
  /**
   * The effect of each argv vector in order. Approval looks at all of them:
   * a stronger effect elsewhere in a pipeline must not hide the one that a
   * person wanted to see.
   */
  readonly effects: readonly string[];
}

/** Classifies every segment of a command; the strongest effect wins. */
export function classify(command: Command, policy: Policy): Classification {
  const effects = argvVectors(command).map((argv) =>
    knownEffect(argv, policy) ?? command.proposed_effect_type
  );
  const effect = effects.reduce((strongest, candidate) =>
    strength(candidate) > strength(strongest) ? candidate : strongest
  );
  return { effect, effects };
}

/** Returns the effect of the first rule that fits, or null. */
function knownEffect(argv: readonly string[], policy: Policy): string | null {
  const rule = EFFECT_RULES.find(({ program, egressHostContaining }) =>
    argv[0] === program &&
    (egressHostContaining === undefined ||
      namesEgressHost(argv, policy, egressHostContaining))
  );
  return rule?.effect ?? null;
}

/** Host names have no case, so upper case must not slip past the table. */
function namesEgressHost(
  argv: readonly string[],
  policy: Policy,
  text: string,
): boolean {
  const line = argv.join(" ").toLowerCase();
  return policy.allowed_egress_hosts
    .map((host) => host.toLowerCase())
    .some((host) => host.includes(text) && line.includes(host));
}

function strength(effect: string): number {
  const rank = BY_STRENGTH.indexOf(effect);
  return rank === -1 ? BY_STRENGTH.length : rank;
}

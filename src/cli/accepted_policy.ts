/**
 * Would this machine run a contract under this policy at all? For verbs that
 * run nothing, so that they do not promise what `run` refuses.
 *
 * @module
 */
import { SYSTEM_CONFIG } from "../config/config.ts";
import type { ParsedPolicy } from "../protocol/policy.ts";
import type { Arguments } from "./arguments.ts";

/**
 * Asks the machine's configuration, where there is one; whoever runs the
 * contract may accept less. Throws POLICY_REFUSED, and what reading it throws.
 */
export async function refuseAsRunWould(
  policy: ParsedPolicy,
  flags: Arguments,
): Promise<void> {
  if (!isThere(SYSTEM_CONFIG)) return;
  const { loadConfig } = await import("../config/find.ts");
  const { refuseUnaccepted } = await import("../config/accepted.ts");
  // Root's file alone: which other user calls does not matter.
  const sources = { named: undefined, uid: 0, env: () => undefined, flags };
  refuseUnaccepted(policy, (await loadConfig(sources)).accepted ?? []);
}

function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}

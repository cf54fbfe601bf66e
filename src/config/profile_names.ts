/**
 * Names of sandbox profiles: which there may be, and whether those that are
 * given to policies exist. Loaded only where a configuration has any.
 *
 * @module
 */
import { CscError, type ErrorDetail } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import type { SandboxSettings } from "./config.ts";

/** Names that csc itself writes into receipts; they mean what they meant. */
export const OWN_PROFILE_NAMES: readonly string[] = [
  "default",
  "configured",
  "local",
  "none",
];

/** May a sandbox profile be called this? It stands in `sandbox_profile_id`. */
export function isProfileName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) &&
    !OWN_PROFILE_NAMES.includes(name);
}

/** One finding for each policy that is given a sandbox profile nobody defines. */
export function unknownProfiles(
  { sandbox_profiles = {}, sandbox_by_policy = {} }: SandboxSettings,
): ErrorDetail[] {
  const names = Object.keys(sandbox_profiles);
  return Object.entries(sandbox_by_policy)
    .filter(([, name]) => !names.includes(name))
    .map(([policy, name]) => ({
      where: `/sandbox_by_policy/${policy}`,
      message:
        `there is no sandbox profile ${quote(name)}; /sandbox_profiles ` +
        (names.length === 0
          ? "has none"
          : `has ${names.map((one) => quote(one)).join(", ")}`),
    }));
}

/** Throws CONFIG_INVALID where a policy is given one that nobody defines. */
export function refuseUnknownProfiles(settings: SandboxSettings): void {
  const details = unknownProfiles(settings);
  const [first] = details;
  if (first === undefined) return;
  throw new CscError(
    "CONFIG_INVALID",
    `read configuration: ${first.where}: ${first.message}`,
    { hint: "Define it, or correct the name.", details },
  );
}

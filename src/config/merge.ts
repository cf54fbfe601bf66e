/**
 * Two configurations into one. Loaded only where there are two files.
 *
 * @module
 */
import type { Settings } from "./config.ts";

/** Merges what two files set; what `above` says wins, member by member. */
export function mergeConfig(below: Settings, above: Settings): Settings {
  const merged: Record<string, unknown> = { ...below, ...above };
  for (
    const name of [
      "signing",
      "retention",
      "sandbox",
      "sandbox_by_policy",
    ] as const
  ) {
    if (below[name] !== undefined && above[name] !== undefined) {
      merged[name] = { ...below[name], ...above[name] };
    }
  }
  const [low, high] = [below.sandbox_profiles, above.sandbox_profiles];
  if (low !== undefined && high !== undefined) {
    merged["sandbox_profiles"] = {
      ...low,
      ...Object.fromEntries(
        Object.entries(high).map(([name, one]) => [
          name,
          { ...(Object.hasOwn(low, name) ? low[name] : {}), ...one },
        ]),
      ),
    };
  }
  return merged;
}

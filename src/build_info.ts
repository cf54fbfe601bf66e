/**
 * What `csc version` tells.
 *
 * @module
 */
import { buildMeta } from "./embedded.ts";

/** Version of csc (semantic versioning; CHANGELOG.md). */
export const VERSION = "0.1.0";

/** The members of `csc version --json`. */
export interface BuildInfo {
  readonly version: string;
  readonly flavour: string;
  readonly deno: string;
  readonly commit: string;
  /** Lower-case hex SHA-256 of the launcher and the bridge. */
  readonly native: { readonly launcher: string; readonly bridge: string };
}

/** Describes the running csc; "unknown" where an unbundled csc cannot know. */
export function buildInfo(): BuildInfo {
  const { flavour, commit, natives } = buildMeta();
  return {
    version: VERSION,
    flavour,
    deno: Deno.version.deno,
    commit,
    native: { launcher: natives.launcher, bridge: natives["bridge.so"] },
  };
}

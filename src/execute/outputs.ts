/**
 * The files that a contract expects of its commands: which are there after the
 * run, and what is in them. Loaded where a contract names any.
 *
 * @module
 */
import { quote } from "../core/text.ts";
import { errnoText } from "./errno.ts";
import type { Artifact, RunEffects } from "./executor.ts";
import { digestFile } from "./native_digest.ts";

/**
 * Looks for each of them on the host, through links, as whoever called csc. What
 * is there need not come of the run: nobody watched who wrote it.
 */
export async function expectedOutputs(
  paths: readonly string[],
): Promise<RunEffects> {
  const artifacts: Artifact[] = [];
  const missing: { path: string; reason: string }[] = [];
  for (const path of new Set(paths)) {
    const { errno, sha256 } = await digestFile(path);
    if (errno === 0) artifacts.push({ path, sha256 });
    else missing.push({ path, reason: errnoText(errno) });
  }
  return {
    artifacts,
    filesWritten: null,
    evidence: {
      expected_outputs: { found: artifacts.map(({ path }) => path), missing },
    },
    notes: missing.map(({ path, reason }) =>
      `expected output ${quote(path, 400)} is missing: ${reason}`
    ),
  };
}

/**
 * Which programs a local command is about to run, for the evidence: those that
 * its PATH leads to. Nothing holds them still until they run.
 *
 * @module
 */
import type { JsonObject } from "../core/json.ts";
import { argvVectors, type Command } from "../protocol/contract.ts";
import { type DigestSources, executableEvidence } from "./executables.ts";
import { identifyFile } from "./native_digest.ts";
import { findExecutable } from "./probe.ts";

/**
 * Notes what identifies the executable of each segment; the digests are taken
 * while the command runs, and are those of the files noted or none.
 */
export async function noteExecutables(
  command: Command,
  cwd: string,
  env: Readonly<Record<string, string>>,
  digests: DigestSources,
): Promise<{ digested(): Promise<readonly JsonObject[]> }> {
  const path = (env["PATH"] ?? "").split(":")
    .map((directory) => directory.startsWith("/") ? directory : cwd);
  const noted = await Promise.all(
    argvVectors(command).map(async ([name = ""]) => {
      const found = findExecutable(name, cwd, path);
      return found.found
        ? { path: found.file, file: await identifyFile(found.file) }
        : { path: name, reason: found.why };
    }),
  );
  const digested = Promise.all(
    noted.map(({ path, file, reason }) =>
      file === undefined
        ? { path, sha256: null, reason }
        : executableEvidence(path, file, null, digests)
    ),
  );
  // Whoever asks for them hears of a failure.
  digested.catch(() => {});
  return { digested: () => digested };
}

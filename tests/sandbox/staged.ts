/**
 * Staged runs in attack tests: csc called with --staged, and its verbs.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Confined, LaunchOptions, Place } from "./place.ts";
import { cscProgram } from "./programs.ts";
import type { RunOptions } from "./request.ts";
import type { Finished } from "./running.ts";

/** Runs a shell line staged; its working directory is the write scope. */
export async function runStaged(
  place: Place,
  line: string,
  options: RunOptions & LaunchOptions = {},
): Promise<Confined> {
  return await place.confined(["sh", "-c", line], {
    ...options,
    wrap: (argv) => {
      const wrapped = options.wrap?.(argv) ?? argv;
      return [...wrapped, "--staged"];
    },
  });
}

/** The id that `diff`, `apply` and `discard` take. */
export function idOf(confined: Confined): string {
  const id = confined.evidence?.["execution_id"];
  assert.equal(typeof id, "string", confined.stderr);
  return String(id);
}

/** Calls a verb on a staged run. */
export async function stagedVerb(
  place: Place,
  verb: string,
  ...words: readonly string[]
): Promise<Finished> {
  return await place.bare([
    await cscProgram(place.caller),
    verb,
    ...words,
    "--state-dir",
    `${place.private}/state`,
  ]);
}

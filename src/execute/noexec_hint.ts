/**
 * What is said where a command failed, perhaps because it could not execute
 * what it had built. Bundled apart (scripts/build/apart.ts).
 *
 * @module
 */
import type { Plan } from "../plan/plan.ts";

const EXIT_NOT_EXECUTABLE = 126;

/** How much of the end of stderr is looked through, bytes. */
const LOOKED_THROUGH = 64 * 1024;

/** What shells, the dynamic loader, runtimes and configure scripts say then. */
const REFUSALS =
  /permission denied|EACCES|failed to map segment|cannot run C compiled programs/i;

/** A note for people, or null where nothing speaks for it. */
export function noExecHint(
  plan: Plan,
  exitCode: number,
  stderr: Uint8Array,
): string | null {
  const walled = plan.tree.some((op) =>
    (op.op === "bind" || op.op === "tmpfs") && op.noExec
  );
  if (exitCode === 0 || (!walled && plan.allowed === null)) return null;
  const tail = stderr.subarray(Math.max(0, stderr.length - LOOKED_THROUGH));
  const refused = exitCode === EXIT_NOT_EXECUTABLE ||
    REFUSALS.test(new TextDecoder().decode(tail));
  if (refused && plan.allowed !== null) {
    return "only the programs of the policy's allow_commands and their " +
      'interpreters can be executed here ("exec: strict" in the sandbox profile)';
  }
  return refused
    ? "files in write scopes and in /tmp cannot be executed here; if it has to " +
      'run what it builds, set "exec_from_write_scopes: true" in the sandbox ' +
      "profile"
    : null;
}

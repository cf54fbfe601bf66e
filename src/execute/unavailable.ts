/**
 * What is said where a sandbox could not be built. Bundled apart
 * (scripts/build/apart.ts).
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import type { Plan } from "../plan/plan.ts";
import { KEEP_ROOT } from "../plan/sandbox_profile.ts";
import { errnoText } from "./errno.ts";
import type { NativeFailure } from "./status.ts";

/** What a person can do about a stage that the kernel refused. */
const HINTS: Readonly<Record<string, string>> = {
  spawn:
    'The host may forbid user namespaces to this user, or all of them are in use; "csc doctor" says which, and what to do.',
  user_namespace:
    'The host forbids user namespaces to this user; "csc doctor" says by what, and what to do.',
  mounts:
    "A scope changed since planning, or a container hides parts of /proc; run csc on the host or with an unmasked /proc.",
  overlay:
    "Staged runs need overlayfs in a user namespace (Linux 5.19, for root's commands too), a state directory on ext4, xfs, btrfs or (Linux 6.6) tmpfs, and write scopes in which no other file system is mounted; name another state directory with --state-dir, or run without --staged.",
  cwd: "The cwd must lie inside a declared scope or an allowed read prefix.",
  landlock:
    "What is around csc may forbid Landlock, or a scope changed since planning: run again.",
  seccomp: "The kernel must be built with CONFIG_SECCOMP_FILTER.",
  idmap:
    `The file system there (or one mounted below it) has no idmapped mounts, which a command of root's needs to run as another user, or csc is root of a container only. Use a scope on ext4, xfs, btrfs or (Linux 6.3) tmpfs, start csc as the files' owner, or configure "run_as: ${KEEP_ROOT}" on a host with a pids cgroup.`,
};

const LANDLOCK =
  '"exec: strict" needs Landlock of Linux 5.19 or newer, switched on (CONFIG_SECURITY_LANDLOCK, and "landlock" in the list of security modules); "exec: toolchain" does without.';

const EAGAIN = 11;
const ENOMEM = 12;
const EACCES = 13;
const ENFILE = 23;
const EMFILE = 24;
const ENOSYS = 38;

/** What is exhausted or missing says more than where it was noticed. */
function hintFor({ stage, errno, text }: NativeFailure): string {
  if (text.includes("Landlock")) return LANDLOCK;
  switch (errno) {
    case EAGAIN:
    case ENOMEM:
    case ENFILE:
    case EMFILE:
      return "The machine, or a limit on csc itself, has no more processes, memory or open files (ulimit -a).";
    case ENOSYS:
      return "csc needs Linux 5.12 or newer.";
  }
  return HINTS[stage] ??
    "csc needs Linux 5.12 or newer; if it is, please report this with the kernel's version.";
}

/** The error for a stage that failed. */
export function unavailable(failure: NativeFailure, { runAs }: Plan): CscError {
  const cause = failure.errno === 0 ? "" : `: ${errnoText(failure.errno)}`;
  const unreachable = runAs.switched && failure.stage === "mounts" &&
    failure.errno === EACCES;
  return new CscError(
    failure.stage === "idmap" ? "NOT_ENFORCEABLE" : "SANDBOX_UNAVAILABLE",
    `build the sandbox, stage ${failure.stage}: ${failure.text}${cause}`,
    {
      hint: unreachable
        ? `Commands of root's run as uid ${runAs.uid} ("run_as"): let that user reach it.`
        : hintFor(failure),
    },
  );
}

/**
 * What is said of contracts that this sandbox will not or cannot confine as
 * they ask. Bundled apart (scripts/build/apart.ts).
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import type { Command } from "../protocol/contract.ts";
import type { PathFact } from "./host_facts.ts";
import type { SandboxProfile } from "./sandbox_profile.ts";
import type { Place, Seal } from "./seal.ts";

const OUT_OF_WRITE_SCOPES =
  "Put the receipt (--receipt-out), the state (--state-dir) and the key outside every write scope.";
const KEY_OUT_OF_SCOPES =
  "Move the key into a directory of its own, outside every scope.";

/** A command's network cannot be had, only none at all. */
export function networkAsked(command: Command): CscError {
  return new CscError(
    "NOT_ENFORCEABLE",
    `command ${quote(command.id)}: network ${
      quote(command.network)
    } cannot be enforced in hardened mode`,
    { hint: 'Declare network "deny": the command gets loopback only.' },
  );
}

/** A command asks for more time than its sandbox profile allows. */
export function timeoutTooLong(
  command: Command,
  profile: SandboxProfile,
): CscError {
  return new CscError(
    "NOT_ENFORCEABLE",
    `command ${quote(command.id)}: a timeout of ${command.timeout_sec} s ` +
      `exceeds the ${profile.timeoutSec} s of sandbox profile ${
        quote(profile.name)
      }`,
    {
      hint:
        "Ask for less in the contract (csc exec: with --timeout), or raise " +
        "timeout_sec in the configuration.",
    },
  );
}

/** The sandbox profile requires more of Landlock than the kernel has. */
export function landlockLacking(
  abi: number,
  lost: readonly string[],
  profile: SandboxProfile,
): CscError {
  return new CscError(
    "SANDBOX_UNAVAILABLE",
    `put up all of Landlock, which sandbox profile ${
      quote(profile.name)
    } requires: this kernel has ${
      abi === 0 ? "none" : `version ${abi}`
    }, without ${lost.join(", ")}`,
    {
      hint: abi === 0
        ? 'Start the kernel (built with CONFIG_SECURITY_LANDLOCK) with "landlock" in lsm=, or configure "landlock: best".'
        : 'Use Linux 6.12 or newer, or configure "landlock: best".',
    },
  );
}

/** A command asks for a secret. */
export function secretAsked(command: Command): CscError {
  return new CscError(
    "NOT_ENFORCEABLE",
    `command ${quote(command.id)}: secret ${
      quote(command.secret_refs[0] ?? "")
    } cannot be delivered, no secrets provider is configured`,
    { hint: "Remove secret_refs from the contract." },
  );
}

/** A command has no working directory. */
export function cwdUnavailable(
  command: Command,
  kind: PathFact["kind"],
): CscError {
  return new CscError(
    "SCOPE_UNAVAILABLE",
    `command ${quote(command.id)}: cwd ${quote(command.cwd)}: ${
      kind === "missing" ? "it does not exist" : "it is not a directory"
    }`,
    { hint: "Create the directory, or name another cwd in the contract." },
  );
}

/** A write scope is not there and nothing would be made in its place. */
export function scopeMissing({ what, declared, real }: Place): CscError {
  return new CscError(
    "SCOPE_UNAVAILABLE",
    `${what} ${quote(declared)}: ${
      quote(real)
    } does not exist and lies in no existing write scope`,
    {
      hint:
        "Create it before the run, or declare its parent directory as a write scope.",
    },
  );
}

/** A declared path leads out of the policy's prefixes. */
export function escape({ what, declared, real }: Place): CscError {
  return new CscError(
    "PATH_ESCAPE",
    `${what} ${quote(declared)} leads to ${
      quote(real)
    }, outside the policy's prefixes`,
    { hint: "Name the real path in its place, and let the policy allow it." },
  );
}

/** A command wants to write everywhere. */
export function rootWritten({ what, declared }: Place): CscError {
  return new CscError(
    "NOT_ENFORCEABLE",
    `${what} ${quote(declared)} cannot be granted: it holds the system's ` +
      "programs, and csc's own receipt, state and key",
    { hint: "Name the directories that the command has to change." },
  );
}

/** A declared path lies in a tree that each sandbox has of its own. */
export function ownTree({ what, declared }: Place, tree: string): CscError {
  return new CscError(
    "NOT_ENFORCEABLE",
    `${what} ${quote(declared)} cannot be shown: csc provides ${
      quote(tree)
    } itself`,
    {
      hint: tree === "/"
        ? "Name the directories that the command needs."
        : "Take it out of the contract: no command sees the host's.",
    },
  );
}

/** A declared path, for messages. */
export function placeText({ what, declared }: Place): string {
  return `${what} ${quote(declared)}`;
}

/** A declared path would show what csc owns. */
export function own(place: Place, { path }: Seal): CscError {
  return new CscError(
    "NOT_ENFORCEABLE",
    `${placeText(place)} cannot be shown: csc keeps its receipt or state in ${
      quote(path)
    }, which the command must not reach`,
    { hint: OUT_OF_WRITE_SCOPES },
  );
}

/** A write scope holds a turn on the way to what csc owns. */
export function turn(place: Place, { path }: Seal): CscError {
  return new CscError(
    "NOT_ENFORCEABLE",
    `${placeText(place)} cannot be shown: csc finds its receipt, state or ` +
      `key by way of ${quote(path)}, which the command could replace`,
    { hint: OUT_OF_WRITE_SCOPES },
  );
}

/** Something would show the signing key. */
export function keyShown(what: string, { path }: Seal): CscError {
  return new CscError(
    "NOT_ENFORCEABLE",
    `${what} cannot be shown: it holds the signing key ${quote(path)}`,
    { hint: KEY_OUT_OF_SCOPES },
  );
}

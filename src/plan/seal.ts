/**
 * What csc keeps for itself, and how a plan keeps it from a command
 * (invariant 11): its receipt, its state and its signing key.
 *
 * What is mounted elsewhere as well (a bind mount of the administrator's) has
 * another path there, which is not known here.
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { isInside } from "../core/path.ts";
import { quote } from "../core/text.ts";
import type { CommandFacts } from "./host_facts.ts";
import type { BindOp, TreeOp } from "./plan.ts";

/** A place of csc's own, or one that decides where such a place is found. */
export interface Seal {
  /** Path on the host, itself without links. */
  readonly path: string;
  /**
   * What happens where a command could read it; to write, it never gets it.
   *
   * - `mask`: shown empty (receipt, evidence, state directory);
   * - `refuse`: the run is blocked (signing key). A mask lies on one file, and
   *   a key that is renamed into place during the run is another;
   * - `allow`: read as it is. Only a turn on the way to one of the others,
   *   which nobody who could replace it may be led by.
   */
  readonly reads: "mask" | "refuse" | "allow";
}

/** A declared path and where it leads. */
export interface Place {
  /** Which command's, and what it is for. */
  readonly what: string;
  readonly declared: string;
  readonly real: string;
  readonly use: "cwd" | "read" | "write";
}

const OUT_OF_WRITE_SCOPES =
  "Put the receipt (--receipt-out), the state (--state-dir) and the key outside every write scope.";
const KEY_OUT_OF_SCOPES =
  "Move the key into a directory of its own, outside every scope.";

/**
 * No write scope may hold what csc owns or a turn on the way to it, no scope
 * may lie in it, and none may hold the key. Throws NOT_ENFORCEABLE.
 *
 * A cwd counts as what is shown of it, which the whole tree tells
 * (`refuseShown`): where it is not readable, it is an empty directory.
 */
export function refuseSealed(place: Place, sealed: readonly Seal[]): void {
  for (const seal of sealed) {
    const held = isInside(seal.path, place.real);
    const written = held && place.use === "write";
    if (seal.reads === "allow") {
      // The scope's own directory is a mount: it stays where it is.
      if (written && seal.path !== place.real) throw turn(place, seal);
    } else if (seal.reads === "refuse") {
      // The whole host holds every key: it is shown without the key's directory.
      const whole = place.use === "read" && place.real === "/";
      if (held && place.use !== "cwd" && !whole) {
        throw keyShown(placeText(place), seal);
      }
    } else if (written || isInside(place.real, seal.path)) {
      throw own(place, seal);
    }
  }
}

/**
 * Covers what csc owns where a tree would show it. Nothing of the host that is
 * shown may hold the key: neither a readable cwd nor a system directory of the
 * sandbox profile. Throws NOT_ENFORCEABLE.
 */
export function hideSealed(
  commandId: string,
  tree: readonly TreeOp[],
  facts: CommandFacts,
  sealed: readonly Seal[],
): TreeOp[] {
  const hidden = new Set<string>();
  for (const seal of sealed) {
    if (seal.reads === "allow") continue;
    const shown = tree.filter((op): op is BindOp =>
      op.op === "bind" && isInside(seal.path, op.path)
    );
    if (shown.length === 0) continue;
    hidden.add(
      seal.reads === "mask"
        ? seal.path
        : keyDirectory(commandId, shown, facts, seal),
    );
  }
  return [...hidden].map((path) => ({ op: "mask", path }));
}

/**
 * The directory that is covered to hide a key in a view of the whole host:
 * covering the file alone would not hide a key that is renamed into its place.
 */
function keyDirectory(
  commandId: string,
  shown: readonly BindOp[],
  facts: CommandFacts,
  seal: Seal,
): string {
  const refuse = ({ because, source }: Pick<BindOp, "because" | "source">) =>
    keyShown(
      `command ${quote(commandId)}: ${SHOWN[because] ?? because} ${
        quote(source)
      }`,
      seal,
    );
  const system = shown.find(({ because }) => because === "system");
  const whole = facts.reads.some(({ path }) => path.real === "/");
  if (system !== undefined || !whole) throw refuse(system ?? shown[0]!);
  const directory = seal.path.slice(0, seal.path.lastIndexOf("/"));
  const needed = [...facts.reads, ...facts.writes].map(({ path }) => path);
  const covered = [...needed, facts.cwd].some(({ real }) =>
    isInside(real, directory)
  );
  if (directory === "" || covered) {
    throw refuse({ because: "read", source: "/" });
  }
  return directory;
}

/** For people: why the tree shows something. */
const SHOWN: Readonly<Record<string, string>> = {
  system: "system directory",
  read: "read scope",
  write: "write scope",
};

function placeText({ what, declared }: Place): string {
  return `${what} ${quote(declared)}`;
}

function own(place: Place, { path }: Seal): CscError {
  return new CscError(
    "NOT_ENFORCEABLE",
    `${placeText(place)} cannot be shown: csc keeps its receipt or state in ${
      quote(path)
    }, which the command must not reach`,
    { hint: OUT_OF_WRITE_SCOPES },
  );
}

function turn(place: Place, { path }: Seal): CscError {
  return new CscError(
    "NOT_ENFORCEABLE",
    `${placeText(place)} cannot be shown: csc finds its receipt, state or ` +
      `key by way of ${quote(path)}, which the command could replace`,
    { hint: OUT_OF_WRITE_SCOPES },
  );
}

function keyShown(what: string, { path }: Seal): CscError {
  return new CscError(
    "NOT_ENFORCEABLE",
    `${what} cannot be shown: it holds the signing key ${quote(path)}`,
    { hint: KEY_OUT_OF_SCOPES },
  );
}

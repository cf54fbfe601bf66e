/**
 * What csc keeps for itself, and how a plan keeps it from a command
 * (invariant 11): its receipt, its state and its signing key.
 *
 * What is mounted elsewhere as well (a bind mount of the administrator's) has
 * another path there, which is not known here.
 *
 * @module
 */
import { isInside } from "../core/path.ts";
import type { CommandFacts } from "./host_facts.ts";
import { keyDirectory } from "./key_view.ts";
import type { BindOp, TreeOp } from "./plan.ts";
import { keyShown, own, placeText, turn } from "./refusals.ts";

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

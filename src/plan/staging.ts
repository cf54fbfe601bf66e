/**
 * Staged write scopes: which directories a run's changes go to instead of the
 * host's, and the plan of a command that is given those.
 *
 * Pure; loaded by staged runs only.
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { isInside } from "../core/path.ts";
import { quote } from "../core/text.ts";
import type { CommandFacts, PathFact } from "./host_facts.ts";
import { coverOf } from "./pins.ts";
import type { BindOp, Ids, PinOp, Plan, TreeOp } from "./plan.ts";

/** A write scope of some command, staged once for all of them. */
export interface StagedScope {
  /** Resolved path on the host. */
  readonly real: string;
  readonly directory: boolean;
  /** Who owns it on disk. */
  readonly owner: Ids;
}

/** Where a staged scope's changes go. */
export interface StagedPlace extends StagedScope {
  /** Directory of csc's own with "upper" and "work<number>". */
  readonly layers: string;
}

/** A command, as far as staging has to know it. */
export interface StagedCommand {
  readonly id: string;
  readonly facts: CommandFacts;
}

/**
 * The scopes that a run stages, each once. Throws NOT_ENFORCEABLE for write
 * scopes that overlap, since a file in both would have two layers, and for a
 * command that would see the host's files where an earlier one has changed
 * staged ones.
 */
export function stagedScopes(
  commands: readonly StagedCommand[],
): StagedScope[] {
  const scopes = new Map<string, StagedScope>();
  for (const { id, facts } of commands) {
    refuseBlindSpots(id, facts, [...scopes.keys()]);
    for (const { scope, path } of facts.writes) {
      for (const other of scopes.keys()) {
        const overlap = isInside(path.real, other) ||
          isInside(other, path.real);
        if (other !== path.real && overlap) {
          throw overlapping(id, scope, path.real, other);
        }
      }
      scopes.set(path.real, stagedScope(id, path));
    }
  }
  return [...scopes.values()];
}

function stagedScope(id: string, path: PathFact): StagedScope {
  const { real, kind, owner } = path;
  if (kind === "missing" || owner === null) {
    throw new CscError(
      "SCOPE_UNAVAILABLE",
      `command ${quote(id)}: stage write scope ${
        quote(real)
      }: it does not exist`,
      { hint: "Create it before the run, or declare its parent directory." },
    );
  }
  return { real, directory: kind === "directory", owner };
}

function refuseBlindSpots(
  id: string,
  facts: CommandFacts,
  staged: readonly string[],
): void {
  const own = new Set(facts.writes.map(({ path }) => path.real));
  const seen = [
    ...facts.reads.map(({ path }) => path.real),
    facts.cwd.real,
  ];
  for (const scope of staged) {
    if (own.has(scope)) continue;
    const met = seen.find((path) =>
      isInside(path, scope) || isInside(scope, path)
    );
    if (met === undefined) continue;
    throw new CscError(
      "NOT_ENFORCEABLE",
      `command ${quote(id)}: stage ${quote(scope)}: this command would see in ${
        quote(met)
      } the host's files, not those that an earlier command has staged`,
      { hint: "Declare the staged scope as a write scope of it as well." },
    );
  }
}

function overlapping(
  id: string,
  scope: string,
  real: string,
  other: string,
): CscError {
  return new CscError(
    "NOT_ENFORCEABLE",
    `command ${quote(id)}: stage write scope ${quote(scope)}: ${
      quote(real)
    } overlaps write scope ${quote(other)}, and a file has one place only`,
    { hint: "Declare the outer one alone, or run without --staged." },
  );
}

/** How the plan of one command is staged. */
export interface StagingOf {
  readonly places: readonly StagedPlace[];
  /** The number of its work directories: each mount needs one of its own. */
  readonly work: number;
  /**
   * Who owns a program in a staged scope; throws where an earlier command has
   * staged another one.
   */
  readonly ownerOf: (program: string, place: StagedPlace) => Ids;
}

/** The plan with its write scopes staged. */
export function stagePlan(
  plan: Plan,
  { places, work, ownerOf }: StagingOf,
): Plan {
  const pinned = new Set<string>();
  const tree = plan.tree.flatMap((op): TreeOp[] => {
    if (op.op !== "pin") return [staged(op)];
    const cover = coverOf(plan.tree, op.path);
    const place = places.find(({ real }) => real === cover?.source);
    if (cover === null || cover.readOnly || place === undefined) return [op];
    pinned.add(op.path);
    return [hostFile(op, cover, ownerOf(op.path, place)), op];
  });
  // Elsewhere in a staged scope no file is the one that was planned.
  const allowed =
    plan.allowed?.filter(({ path }) =>
      pinned.has(path) || coverOf(plan.tree, path)?.readOnly !== false
    ) ?? null;
  return Object.freeze({ ...plan, tree, allowed });

  function staged(op: TreeOp): TreeOp {
    if (op.op !== "bind" || op.readOnly) return op;
    const place = places.find(({ real }) => real === op.source);
    if (place === undefined || place.directory !== op.directory) {
      throw new CscError(
        "SCOPE_UNAVAILABLE",
        `command ${quote(plan.commandId)}: stage ${
          quote(op.source)
        }: it is not what it was when the run was planned`,
        { hint: "Something changed the scopes during the run; try again." },
      );
    }
    if (!op.directory) {
      return { ...op, source: `${place.layers}/upper/${nameOf(op.source)}` };
    }
    const { layers, owner } = place;
    return {
      op: "overlay",
      source: op.source,
      path: op.path,
      layers,
      noExec: op.noExec,
      work,
      owner,
    };
  }
}

/**
 * What a pin in a staged scope pins: an overlay shows files as ones of its own,
 * so that the host's comes to lie on top, by which it is known.
 */
function hostFile(pin: PinOp, scope: BindOp, owner: Ids): BindOp {
  const same = scope.owner?.uid === owner.uid && scope.owner.gid === owner.gid;
  return {
    op: "bind",
    source: pin.path,
    path: pin.path,
    readOnly: true,
    directory: false,
    noExec: scope.noExec,
    devices: false,
    because: "program",
    owner: same ? owner : null,
  };
}

/** Directory and last component of an absolute path. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** The last component. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

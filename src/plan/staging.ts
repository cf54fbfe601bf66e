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
import type { Ids, Plan, TreeOp } from "./plan.ts";

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

/**
 * The plan with its write scopes staged. `work` is the number of its work
 * directories: each mount needs one of its own.
 */
export function stagePlan(
  plan: Plan,
  places: readonly StagedPlace[],
  work: number,
): Plan {
  const tree = plan.tree.map((op): TreeOp => {
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
      work,
      owner,
    };
  });
  return Object.freeze({ ...plan, tree });
}

/** Directory and last component of an absolute path. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** The last component. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

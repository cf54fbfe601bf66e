/**
 * Protected paths: what in a write scope starts programs later, outside, for
 * somebody else (hooks, shell start-up files, CI workflows). Pure.
 *
 * They are looked for below the root of each write scope and nowhere else.
 *
 * @module
 */
import { isInside } from "../core/path.ts";
import type { CommandFacts, ProtectedFact, ScopeFact } from "./host_facts.ts";
import { scopeBind } from "./mounts.ts";
import { coverOf, holdsOnTheWay } from "./pins.ts";
import type { BindOp, HoldOp, TreeOp } from "./plan.ts";
import { isProtected, protectedNames } from "./protected_names.ts";
import type { SandboxProfile } from "./sandbox_profile.ts";

/** The write scopes that name a protected path themselves. */
export function askedFor(
  writes: readonly ScopeFact[],
  { protectedPaths }: SandboxProfile,
): string[] {
  const names = protectedNames(protectedPaths);
  return writes.map(({ path }) => path.real)
    .filter((real) => isProtected(real, names));
}

/**
 * What keeps the protected paths of a command's write scopes as they are: each
 * read-only, each directory above it held, so that none of them can be renamed.
 * What a contract has asked for by name stays writable.
 *
 * @param tree With all scopes in it.
 */
export function protect(
  tree: readonly TreeOp[],
  facts: CommandFacts,
  profile: SandboxProfile,
  asOwner: boolean,
): TreeOp[] {
  if (facts.protectedPaths.length === 0) return [];
  const asked = askedFor(facts.writes, profile);
  const ops = new Map<string, HoldOp | BindOp>();
  for (const { place, directory } of facts.protectedPaths) {
    if (place === null || isAskedFor(place, asked)) continue;
    const cover = coverOf(tree, place);
    if (cover === null || cover.readOnly) continue;
    for (const hold of holdsOnTheWay(cover.path, place)) {
      if (!ops.has(hold.path)) ops.set(hold.path, hold);
    }
    ops.set(place, {
      op: "hold",
      path: place,
      readOnly: true,
      directory,
      because: "protected",
    });
    for (const { path } of facts.writes) {
      if (path.real === place || !isInside(path.real, place)) continue;
      const bind = scopeBind(path, profile, asOwner);
      if (bind !== null) ops.set(bind.path, bind);
    }
  }
  // A stable sort, shallow before deep: what is held lies below what it holds.
  return [...ops.values()].sort((a, b) => depth(a.path) - depth(b.path));
}

/** What became of protected paths that nothing could be held at. */
export interface ProtectedChange {
  readonly path: string;
  readonly change: "created" | "replaced" | "removed";
}

/** Compares what was there before a command with what is there after it. */
export function protectedChanges(
  before: readonly ProtectedFact[],
  after: readonly ProtectedFact[],
  asked: readonly string[],
): ProtectedChange[] {
  const was = new Map(before.map((fact) => [fact.path, fact]));
  const is = new Set(after.map(({ path }) => path));
  const changes = [
    ...after.flatMap((fact): ProtectedChange[] => {
      const change = changeOf(was.get(fact.path), fact);
      return change === null ? [] : [{ path: fact.path, change }];
    }),
    ...before.filter(({ path }) => !is.has(path))
      .map(({ path }): ProtectedChange => ({ path, change: "removed" })),
  ];
  return changes.filter(({ path }) => !isAskedFor(path, asked));
}

function changeOf(
  was: ProtectedFact | undefined,
  is: ProtectedFact,
): ProtectedChange["change"] | null {
  if (was === undefined) return "created";
  if (was.link !== is.link) return "replaced";
  if (was.place === is.place) return null;
  return was.place === null ? "created" : "replaced";
}

function isAskedFor(path: string, asked: readonly string[]): boolean {
  return asked.some((scope) => isInside(path, scope));
}

function depth(path: string): number {
  return path.split("/").length;
}

/**
 * Looks for protected paths in write scopes, before a command and after it.
 *
 * One question to the kernel for each name below a scope's root, all of a
 * scope's in one call: it costs the same however many files the scope holds.
 *
 * @module
 */
import type { ProtectedFact, ScopeFact } from "../plan/host_facts.ts";
import { protectedNames, restsBelow } from "../plan/protected_names.ts";
import {
  type Look,
  type LookAt,
  lookIn,
  type NamesIn,
  namesIn,
} from "./look.ts";
import { probePath } from "./probe.ts";

/** The protected paths that exist in these scopes, each once. */
export function probeProtected(
  writes: readonly ScopeFact[],
  protectedPaths: readonly string[],
  look: LookAt,
): ProtectedFact[] {
  if (protectedPaths.length === 0) return [];
  const names = protectedNames(protectedPaths);
  const found = new Map<string, ProtectedFact>();
  for (const { path: { kind, real } } of writes) {
    if (kind === "file") continue;
    for (const ways of [names.everywhere, restsBelow(real, names)]) {
      if (ways.length === 0) continue;
      const kinds = lookIn(real, firstNames(ways));
      if (kinds === null) continue;
      for (const way of ways) {
        const first = kinds.get(way[0] ?? "");
        const fact = first === undefined
          ? null
          : follow(real, way, first, look);
        if (fact !== null) found.set(fact.path, fact);
      }
    }
  }
  return [...found.values()];
}

let last:
  | { readonly of: readonly (readonly string[])[]; readonly are: NamesIn }
  | undefined;

/** The first names of these ways, as the bridge takes them. */
function firstNames(ways: readonly (readonly string[])[]): NamesIn {
  if (last?.of === ways) return last.are;
  const are = namesIn([...new Set(ways.map(([name = ""]) => name))]);
  last = { of: ways, are };
  return are;
}

/** What there is to be held of one protected path; null: it does not exist. */
function follow(
  root: string,
  way: readonly string[],
  first: Look["kind"],
  look: LookAt,
): ProtectedFact | null {
  let path = root;
  for (const [index, name] of way.entries()) {
    path = `${path}/${name}`;
    const kind = index === 0 ? first : look(path).kind;
    if (kind === "unseen") return null;
    if (kind === "link") {
      return behindLink([root, ...way].join("/"), path, look);
    }
    if (index === way.length - 1) {
      const directory = kind === "directory";
      return { path, place: path, directory, link: null };
    }
    // A file in the place of a directory (".git" of a worktree) says where it is.
    if (kind !== "directory") {
      return { path, place: path, directory: false, link: null };
    }
  }
  return null;
}

/** A link cannot be held, what it leads to can. */
function behindLink(
  path: string,
  link: string,
  look: LookAt,
): ProtectedFact {
  const { kind, real } = probePath(path, look);
  const there = look(link);
  return {
    path,
    place: kind === "missing" ? null : real,
    directory: kind === "directory",
    link: there.kind === "link" ? there.target : "",
  };
}

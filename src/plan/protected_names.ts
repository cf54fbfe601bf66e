/**
 * Which names to look for below the root of a write scope. Pure.
 *
 * Asked for every scope of every run, and nearly always the same: what can be
 * known of a list of protected paths beforehand is worked out once.
 *
 * @module
 */

/** A list of protected paths, prepared. */
export interface ProtectedNames {
  /** Below any root: the components of each path. */
  readonly everywhere: readonly (readonly string[])[];
  /** By the last name of each path: all that end so, as `/a/b/`. */
  readonly ends: ReadonlyMap<string, readonly string[]>;
  /** Below a root that ends so: what is left of a path. */
  readonly behind: ReadonlyMap<string, readonly Rest[]>;
}

/** The end of a protected path, and the way that a root must have ended with. */
interface Rest {
  readonly way: string;
  readonly names: readonly string[];
}

let last:
  | { readonly of: readonly string[]; readonly is: ProtectedNames }
  | undefined;

/** Prepares a list; the same list is prepared once. */
export function protectedNames(
  protectedPaths: readonly string[],
): ProtectedNames {
  if (last?.of === protectedPaths) return last.is;
  const everywhere = protectedPaths.map((path) => path.split("/"));
  const behind = new Map<string, Rest[]>();
  const ends = new Map<string, string[]>();
  for (const names of everywhere) {
    const end = names.at(-1) ?? "";
    ends.set(end, [...ends.get(end) ?? [], `/${names.join("/")}/`]);
    for (let index = 1; index < names.length; index++) {
      const end = names[index - 1] ?? "";
      const rest = {
        way: `/${names.slice(0, index).join("/")}`,
        names: names.slice(index),
      };
      behind.set(end, [...behind.get(end) ?? [], rest]);
    }
  }
  last = { of: protectedPaths, is: { everywhere, ends, behind } };
  return last.is;
}

/**
 * What is left of protected paths below a root that is a part of the way itself
 * (`…/.git`); nothing for most.
 */
export function restsBelow(
  root: string,
  { behind }: ProtectedNames,
): readonly (readonly string[])[] {
  const rests = behind.get(root.slice(root.lastIndexOf("/") + 1)) ?? [];
  return rests.filter(({ way }) => root.endsWith(way))
    .map(({ names }) => names);
}

/** True for a path that is protected by its name, or lies in one that is. */
export function isProtected(real: string, { ends }: ProtectedNames): boolean {
  const whole = `${real}/`;
  return real.split("/").some((name) =>
    ends.get(name)?.some((way) => whole.includes(way))
  );
}

/**
 * Protected paths of a staged run: what starts programs later must come to the
 * host by no other way than a write scope that names it.
 *
 * While a command runs, what exists of them is held. What did not exist it may
 * make: in its layer, and here that is noticed.
 *
 * @module
 */
import type { JsonObject } from "../core/json.ts";
import { isInside } from "../core/path.ts";
import { probePath } from "../execute/probe.ts";
import {
  isProtected,
  protectedNames,
  restsBelow,
} from "../plan/protected_names.ts";
import type { StagedRun } from "./store.ts";

/**
 * Tells whether a change at an absolute path would make, change or lead
 * elsewhere a protected path of the run's scopes.
 */
export function protectedIn(
  { scopes, protectedPaths }: Pick<StagedRun, "scopes" | "protectedPaths">,
): (path: string, change: JsonObject) => boolean {
  const names = protectedNames(protectedPaths);
  const asked = scopes.map(({ real }) => real)
    .filter((real) => isProtected(real, names));
  const places = new Set<string>();
  for (const { real, directory } of scopes) {
    if (!directory) continue;
    for (const way of [...names.everywhere, ...restsBelow(real, names)]) {
      const path = [real, ...way].join("/");
      // By its own name, and by every name that the host's links lead over.
      const found = probePath(path);
      for (const place of [path, found.real]) places.add(place);
      for (const link of found.links) places.add(link.path);
    }
  }
  return (path, { change, type }) => {
    if (asked.some((scope) => isInside(path, scope))) return false;
    for (const place of places) {
      if (isInside(path, place)) return true;
      // A link or file in the place of a directory leads the way elsewhere.
      const onTheWay = isInside(place, path) && change !== "deleted" &&
        type !== "directory";
      if (onTheWay) return true;
    }
    return false;
  };
}

/**
 * Finds what must be sealed off so that a path of csc's own stays its own.
 *
 * @module
 */
import type { Seal } from "../plan/seal.ts";
import { probeWay } from "./probe.ts";

/**
 * The seals of one path: the place that it leads to now and each turn on the
 * way, so that it leads there when the command has ended, too.
 *
 * @param pathAsGiven As the caller wrote it; a relative one is seen from the
 * working directory.
 * @param reads What happens where a command could read the place itself.
 */
export function sealsOf(pathAsGiven: string, reads: Seal["reads"]): Seal[] {
  const absolute = pathAsGiven.startsWith("/")
    ? pathAsGiven
    : `${Deno.cwd()}/${pathAsGiven}`;
  const { real, turns } = probeWay(absolute);
  const ways = new Set(turns);
  return [
    ...[...ways].map((path): Seal => ({ path, reads: "allow" })),
    { path: real, reads },
  ];
}

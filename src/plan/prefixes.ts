/**
 * Where a policy's prefixes really lie.
 *
 * A prefix may be a link, and then what it leads to counts as well: /home may
 * lie elsewhere. But a link that a command could have put there decides
 * nothing, or a command could let the next one out.
 *
 * @module
 */
import { isInside } from "../core/path.ts";
import type { Policy } from "../protocol/policy.ts";
import type { PathFact } from "./host_facts.ts";

/**
 * The prefixes of a policy with links followed, keyed by the prefix as written.
 * One that is reached by a link below a write prefix stays as it is written.
 *
 * @param probe Follows a path (execute/probe.ts).
 */
export function realPrefixes(
  policy: Policy,
  probe: (path: string) => PathFact,
): Map<string, string> {
  const facts = [
    ...new Set([
      ...policy.allowed_write_prefixes,
      ...policy.allowed_cwd_prefixes,
      ...policy.allowed_read_prefixes,
    ]),
  ].map((prefix) => ({ prefix, fact: probe(prefix) }));
  const writable = facts
    .filter(({ prefix }) => policy.allowed_write_prefixes.includes(prefix))
    .flatMap(({ prefix, fact }) => [prefix, fact.real]);
  // A scope's own directory is a mount: only what lies below it can be replaced.
  const replaceable = (path: string) =>
    writable.some((root) => isInside(path, root) && !isInside(root, path));
  return new Map(
    facts.map(({ prefix, fact }) => [
      prefix,
      fact.links.some(({ path }) => replaceable(path)) ? prefix : fact.real,
    ]),
  );
}

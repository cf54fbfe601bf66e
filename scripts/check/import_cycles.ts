/**
 * Rule: no module of src/ or scripts/ reaches itself by its imports, those of
 * types alone aside: two files may describe each other, not run each other.
 *
 * @module
 */
import type { Finding } from "./finding.ts";
import { importsOf, resolveImport } from "./module_imports.ts";
import type { SourceFile } from "./source.ts";

type Graph = ReadonlyMap<string, readonly string[]>;

/** One finding for each cycle, at the first of its modules by name. */
export function checkImportCycles(files: readonly SourceFile[]): Finding[] {
  const graph: Graph = new Map(
    files.filter(({ path }) => /^(?:src|scripts)\/.*\.[jt]s$/.test(path))
      .map((file) => [
        file.path,
        importsOf(file).flatMap(({ specifier, erased }) =>
          !erased && specifier?.startsWith(".")
            ? [resolveImport(file.path, specifier)]
            : []
        ),
      ]),
  );
  const cycles = new Map<string, readonly string[]>();
  const done = new Set<string>();
  for (const start of graph.keys()) walk(graph, start, [], done, cycles);
  return [...cycles.values()].map((cycle) => ({
    path: cycle[0] ?? "",
    line: 0,
    message: `import cycle: ${[...cycle, cycle[0]].join(" -> ")}`,
  }));
}

/** Depth first; a module met again on the way here closes a cycle. */
function walk(
  graph: Graph,
  path: string,
  trail: readonly string[],
  done: Set<string>,
  cycles: Map<string, readonly string[]>,
): void {
  const met = trail.indexOf(path);
  if (met >= 0) {
    const cycle = fromSmallest(trail.slice(met));
    cycles.set(cycle.join("\n"), cycle);
    return;
  }
  if (done.has(path)) return;
  for (const next of graph.get(path) ?? []) {
    walk(graph, next, [...trail, path], done, cycles);
  }
  done.add(path);
}

/** The same cycle, begun at its first module by name. */
function fromSmallest(cycle: readonly string[]): readonly string[] {
  const smallest = cycle.reduce((a, b) => a < b ? a : b);
  const at = cycle.indexOf(smallest);
  return [...cycle.slice(at), ...cycle.slice(0, at)];
}

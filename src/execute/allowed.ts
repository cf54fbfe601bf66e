/**
 * Every file that `exec: strict` lets a command execute. Bundled apart
 * (scripts/build/apart.ts).
 *
 * @module
 */
import type { FileFact } from "../plan/host_facts.ts";
import { executionChain } from "./interpreters.ts";
import { loaderOf } from "./loader.ts";
import type { LookAt } from "./look.ts";
import { findExecutable, probePath } from "./probe.ts";

/**
 * The programs that a policy's allow_commands name, looked up as argv[0] is,
 * the interpreters behind them and the loaders of all of these; each once.
 *
 * @param cwd Where the command runs, without links.
 */
export function allowedFiles(
  names: readonly string[],
  cwd: string,
  searchPath: readonly string[],
  look: LookAt,
): FileFact[] {
  const files = new Map<string, FileFact>();
  for (const name of names) {
    const found = findExecutable(name, cwd, searchPath);
    if (!found.found) continue;
    for (const file of executionChain(found.file, cwd, searchPath, look)) {
      files.set(file.real, file);
    }
  }
  for (const { real } of [...files.values()]) {
    const loader = loaderOf(real);
    if (loader === null) continue;
    const there = probePath(loader, look);
    const seen = look(there.real);
    if (there.kind !== "file" || seen.kind !== "file") continue;
    files.set(there.real, {
      real: there.real,
      links: there.links,
      device: seen.dev,
      inode: seen.ino,
      script: false,
    });
  }
  return [...files.values()];
}

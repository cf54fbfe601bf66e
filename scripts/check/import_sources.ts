/**
 * Rule: src/ is made of its own files and of the packages that the import map
 * names. Node's modules cost start-up time that only node:sqlite is worth.
 *
 * @module
 */
import type { Finding } from "./finding.ts";
import { importsOf } from "./module_imports.ts";
import type { SourceFile } from "./source.ts";

const BUILTINS = new Set(["node:sqlite"]);

/** Findings for imports from anywhere else; `packages` is the import map's. */
export function checkImportSources(
  files: readonly SourceFile[],
  packages: readonly string[],
): Finding[] {
  return files.filter(({ path }) => path.startsWith("src/")).flatMap((file) =>
    importsOf(file).flatMap(({ specifier, line }) => {
      const message = objection(specifier, packages);
      return message === null ? [] : [{ path: file.path, line, message }];
    })
  );
}

function objection(
  specifier: string | null,
  packages: readonly string[],
): string | null {
  if (specifier === null) {
    return "the import is computed: name the module, so that the bundler finds it";
  }
  if (/^\.{1,2}\//.test(specifier)) return null;
  if (BUILTINS.has(specifier) || packages.includes(specifier)) return null;
  return `"${specifier}" is neither a file of src/ nor in the import map`;
}

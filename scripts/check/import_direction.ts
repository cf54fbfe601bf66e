/**
 * Rule: imports in src/ go only to the left in the order below, so that what
 * decides can never depend on what runs (README.md, architecture).
 *
 * @module
 */
import type { Finding } from "./finding.ts";
import { importsOf, resolveImport } from "./module_imports.ts";
import type { SourceFile } from "./source.ts";

/** Folders of src/ and its root modules, from the innermost out. */
export const ORDER: readonly (readonly string[])[] = [
  ["core"],
  ["protocol"],
  ["sign"],
  ["decide"],
  ["approvals"],
  ["secrets"],
  ["plan"],
  ["egress"],
  ["execute"],
  ["receipt"],
  ["log"],
  ["staged"],
  ["config"],
  ["run"],
  // Siblings: none imports another.
  ["cli", "daemon", "mcp"],
  // The part of composing that only `run` needs, loaded by it alone.
  ["compose_run.ts"],
  ["compose.ts"],
  ["main.ts"],
];

/** What the packer leaves for csc to find: not a layer, and not for everybody. */
const PACKED = new Set(["embedded.ts", "build_info.ts"]);
const MAY_USE_PACKED = new Set([
  "execute",
  "cli",
  "compose_run.ts",
  "compose.ts",
  "main.ts",
  ...PACKED,
]);

/** Findings for imports against the order, and for modules outside of it. */
export function checkImportDirection(
  files: readonly SourceFile[],
): Finding[] {
  return files.filter(({ path }) => path.startsWith("src/")).flatMap(
    (file) => {
      const from = layerOf(file.path);
      if (rank(from) === null && !PACKED.has(from)) {
        const message = `"${from}" has no place in the order of src/`;
        return [{ path: file.path, line: 0, message }];
      }
      return importsOf(file).flatMap(({ specifier, line }) => {
        if (specifier === null || !specifier.startsWith(".")) return [];
        const target = resolveImport(file.path, specifier);
        const message = objection(from, target);
        return message === null ? [] : [{ path: file.path, line, message }];
      });
    },
  );
}

function objection(from: string, target: string): string | null {
  if (!target.startsWith("src/")) return `"${target}" lies outside of src/`;
  const to = layerOf(target);
  if (from === to) return null;
  if (PACKED.has(to)) {
    return MAY_USE_PACKED.has(from)
      ? null
      : `"${from}" must not import "${to}": only ${
        [...MAY_USE_PACKED].join(", ")
      } may`;
  }
  const here = rank(from);
  const there = rank(to);
  if (there === null) return `"${to}" has no place in the order of src/`;
  // embedded.ts and build_info.ts stand beside the order and use none of it.
  if (here === null) return `"${from}" must not import "${to}"`;
  return there < here ? null : `"${from}" must not import "${to}"`;
}

/** The folder directly below src/, or the file there. */
function layerOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function rank(layer: string): number | null {
  const index = ORDER.findIndex((names) => names.includes(layer));
  return index < 0 ? null : index;
}

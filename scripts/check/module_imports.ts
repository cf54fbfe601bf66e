/**
 * What a module imports, in every way that the language has for it.
 *
 * @module
 */
import type { SourceFile } from "./source.ts";
import { type Token, tokenize } from "./tokens.ts";

/** One import of a module. */
export interface ModuleImport {
  /** The specifier, or null where it is computed and nobody can tell. */
  readonly specifier: string | null;
  readonly line: number;
  /** `import type`, `export type`: nothing is left of it at run time. */
  readonly erased: boolean;
}

/** Static and dynamic imports, re-exports and types (`import("x").T`). */
export function importsOf(file: SourceFile): ModuleImport[] {
  const tokens = tokenize(file.text);
  return tokens.flatMap((token, index) => {
    if (token.kind !== "word" || isMember(tokens, index)) return [];
    const next = tokens[index + 1];
    if (token.text === "import" && next?.text === "(") {
      return [dynamicImport(tokens, index)];
    }
    const named = token.text === "import" || token.text === "from";
    return named && next?.kind === "string"
      ? [{
        specifier: next.text,
        line: next.line,
        erased: isErased(tokens, index),
      }]
      : [];
  });
}

/** `x.import` and `x?.from` are properties. */
function isMember(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1]?.text;
  return before === "." || before === "?.";
}

/** Looks back from `from` for the word that began the statement. */
function isErased(tokens: readonly Token[], index: number): boolean {
  const start = tokens.slice(0, index + 1).findLastIndex(({ kind, text }) =>
    kind === "word" && (text === "import" || text === "export")
  );
  const [type, after] = tokens.slice(start + 1, start + 3);
  return type?.text === "type" && after?.text !== "from";
}

function dynamicImport(tokens: readonly Token[], index: number): ModuleImport {
  const argument = tokens[index + 2];
  const after = tokens[index + 3]?.text;
  const constant = argument?.kind === "string" &&
    (after === ")" || after === ",");
  return {
    specifier: constant ? argument.text : null,
    line: tokens[index]?.line ?? 0,
    erased: false,
  };
}

/** The path that a relative specifier means, seen from `from`. */
export function resolveImport(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

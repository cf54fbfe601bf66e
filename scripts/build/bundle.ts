/**
 * Bundles src/main.ts to script texts: one that every start evaluates, and one
 * per dynamic import, read and evaluated only when asked for.
 *
 * Why script text and not modules: Deno parses a module that it has no cache
 * for twice over, and csc keeps no cache; the same text evaluated by indirect
 * eval costs less than half (README.md, architecture).
 *
 * A module that several texts import lies in each of them, its state included:
 * what must be there once, such as who hears signals, is handed over.
 *
 * @module
 */
import * as esbuild from "esbuild";
import { APART, isApart, stubs } from "./apart.ts";
import { ROOT } from "./paths.ts";

/** The bundled program. */
export interface Bundle {
  /** Text evaluated at each start; so is its value, whose `main` starts csc. */
  readonly eager: string;
  /** Chunk name to text; its completion value is the namespace object. */
  readonly chunks: ReadonlyMap<string, string>;
}

/** Specifier that stands for a chunk between esbuild and `rewriteImports`. */
const CHUNK_SCHEME = "csc-chunk:";

/** What stands in for the modules that are bundled apart (apart.ts). */
const STUBS = "csc-stubs";

/**
 * Bundles `entry` (path relative to the root) and everything it imports; the
 * modules `apart` become chunks although they are imported as usual. With
 * `marks`, src/core/mark.ts is compiled in: for `deno task profile` only.
 */
export async function bundle(
  entry = "src/main.ts",
  apart: readonly string[] = APART,
  marks = false,
): Promise<Bundle> {
  const chunks = new Map<string, string>();
  const queue = new Map<string, string>();
  try {
    const eager = await bundleOne(`${ROOT}${entry}`, queue, { apart, marks });
    // Bundling a chunk may discover further ones; a Map iterates those as well.
    for (const [name, path] of queue) {
      chunks.set(name, await bundleOne(path, queue, { apart, marks }));
    }
    return { eager, chunks: new Map([...chunks].sort(byName)) };
  } finally {
    await esbuild.stop();
  }
}

function byName([a]: [string, string], [b]: [string, string]): number {
  return a < b ? -1 : 1;
}

/**
 * One run of esbuild: a text whose value is the exports of the module at `path`.
 * Chunks that it needs are added to `queue`.
 */
async function bundleOne(
  path: string,
  queue: Map<string, string>,
  { apart, marks }: {
    readonly apart: readonly string[];
    readonly marks: boolean;
  },
): Promise<string> {
  const result = await esbuild.build({
    stdin: {
      contents: `export * as chunk from ${JSON.stringify(path)};`,
      resolveDir: ROOT,
    },
    globalName: "exported",
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["deno", "import", "default"],
    target: "esnext",
    charset: "ascii", // one byte per character for V8 too
    legalComments: "none",
    logLevel: "silent",
    // Nothing starts by being evaluated: the loader says when.
    define: { "import.meta.main": "false", CSC_MARKS: String(marks) },
    plugins: [lazyImports(queue, apart)],
  });
  const text = result.outputFiles![0]!.text.trimEnd();
  return rewriteImports(`(()=>{"use strict";${text};return exported.chunk})()`);
}

/** Marks the plugin's own questions, which it must not answer itself. */
const RESOLVING = "csc: resolving";

/** Turns each `import("…")`, and each module apart, into the name of a chunk. */
function lazyImports(
  queue: Map<string, string>,
  apart: readonly string[],
): esbuild.Plugin {
  return {
    name: "csc-lazy-imports",
    setup(build) {
      build.onResolve({ filter: /^node:/ }, ({ path, kind, importer }) => {
        if (kind === "dynamic-import") return { path, external: true };
        throw new Error(
          `bundle "${importer}": static import of "${path}"; ` +
            `use await import("${path}") where it is needed`,
        );
      });
      build.onResolve({ filter: /.*/ }, async (args) => {
        if (args.pluginData === RESOLVING) return undefined;
        if (args.kind === "import-statement" && args.path.startsWith(".")) {
          const own = await ownModule(build, args);
          if (!isApart(own.path ?? "", apart) || args.importer === "<stdin>") {
            return own;
          }
          return { ...own, namespace: STUBS };
        }
        if (args.kind !== "dynamic-import") return undefined;
        const { path, errors } = await build.resolve(args.path, {
          kind: "import-statement",
          importer: args.importer,
          resolveDir: args.resolveDir,
          pluginData: RESOLVING,
        });
        if (errors.length > 0) return { errors };
        const name = chunkName(path);
        queue.set(name, path);
        return { path: CHUNK_SCHEME + name, external: true };
      });
      build.onLoad({ filter: /.*/, namespace: STUBS }, async ({ path }) => {
        const name = chunkName(path);
        queue.set(name, path);
        return { contents: stubs(name, await Deno.readTextFile(path)) };
      });
    },
  };
}

/**
 * No module of ours but main.ts does anything when it is loaded, so one of
 * which nothing is used is left out, generated validators included.
 */
async function ownModule(
  build: esbuild.PluginBuild,
  { path, importer, resolveDir }: esbuild.OnResolveArgs,
): Promise<esbuild.OnResolveResult> {
  const resolved = await build.resolve(path, {
    kind: "import-statement",
    importer,
    resolveDir,
    pluginData: RESOLVING,
  });
  const own = resolved.path.startsWith(`${ROOT}src/`);
  return own ? { ...resolved, sideEffects: false } : resolved;
}

/** A stable name without anything of the build machine in it. */
function chunkName(path: string): string {
  const inModules = path.lastIndexOf("/node_modules/");
  if (inModules >= 0) return path.slice(inModules + "/node_modules/".length);
  if (!path.startsWith(ROOT)) {
    throw new Error(`bundle "${path}": it lies outside the checkout`);
  }
  return path.slice(ROOT.length).replace(/\.ts$/, "");
}

/**
 * Sends the imports that are left through the loader: a script evaluated from
 * text has no module to resolve specifiers against.
 */
function rewriteImports(text: string): string {
  const rewritten = text.replace(
    /\bimport\("(csc-chunk:|node:)([^"\\]+)"\)/g,
    (_, scheme: string, name: string) =>
      scheme === CHUNK_SCHEME
        ? `__csc.chunk("${name}")`
        : `__csc.builtin("${scheme}${name}")`,
  );
  const left = /\bimport\(.{0,60}/.exec(rewritten);
  if (left !== null) {
    throw new Error(
      `bundle: cannot rewrite "${left[0]}": specifiers must be string literals`,
    );
  }
  return rewritten;
}

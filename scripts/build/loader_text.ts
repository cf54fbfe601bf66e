/**
 * Makes the texts of start.ts and loader.ts with the facts of this build.
 *
 * @module
 */
import * as esbuild from "esbuild";
import type { BuildMeta } from "../../src/embedded.ts";
import { ROOT } from "./paths.ts";
import type { PartIndex } from "./payload.ts";

/** Where something lies in a file. */
export type Place = PartIndex[string];

/** The loader: a script whose value is the function `load`. */
export async function loaderText(
  index: PartIndex,
  meta: BuildMeta,
): Promise<string> {
  const code = await minified("loader.ts", "iife");
  const facts = `const CSC_INDEX=${JSON.stringify(index)},` +
    `CSC_META=${JSON.stringify(meta)};`;
  return `(()=>{"use strict";${facts}${code}return exported.load})()`;
}

/**
 * The module that starts the loader; `file` is a JavaScript expression for the
 * path of the file in which the loader lies.
 */
export async function startText(
  file: string,
  loader: Place,
  { flavour }: BuildMeta,
): Promise<string> {
  const code = await minified("start.ts", "esm");
  // After minifying: esbuild's own `define` takes no expressions.
  const natives = flavour === "embed" ? "" : "const CSC_NATIVES=[];";
  const facts = `const CSC_FILE=${file},CSC_LOADER=${JSON.stringify(loader)};`;
  return `${natives}${facts}${code}`;
}

async function minified(
  name: string,
  format: "esm" | "iife",
): Promise<string> {
  try {
    const { code } = await esbuild.transform(
      await Deno.readTextFile(`${ROOT}scripts/build/${name}`),
      {
        loader: "ts",
        format,
        ...format === "iife" ? { globalName: "exported" } : {},
        target: "esnext",
        minify: true,
      },
    );
    return code.trimEnd();
  } finally {
    await esbuild.stop();
  }
}

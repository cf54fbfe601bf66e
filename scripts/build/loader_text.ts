/**
 * Makes the loader's text from loader.ts and the facts of this build.
 *
 * @module
 */
import * as esbuild from "esbuild";
import type { BuildMeta } from "../../src/embedded.ts";
import { ROOT } from "./paths.ts";
import type { PartIndex } from "./payload.ts";

/** The loader module; `file` is a JavaScript expression for the payload's path. */
export async function loaderText(
  file: string,
  index: PartIndex,
  meta: BuildMeta,
): Promise<string> {
  try {
    const { code } = await esbuild.transform(
      await Deno.readTextFile(`${ROOT}scripts/build/loader.ts`),
      { loader: "ts", format: "esm", target: "esnext", minify: true },
    );
    // After minifying: esbuild's own `define` takes no expressions.
    const natives = meta.flavour === "embed" ? "" : "const CSC_NATIVES=[];";
    return `${natives}const CSC_FILE=${file},CSC_INDEX=${
      JSON.stringify(index)
    },` +
      `CSC_META=${JSON.stringify(meta)};${code}`;
  } finally {
    await esbuild.stop();
  }
}

/**
 * The compile flavour: `deno compile` with the runtime that DENORT_BIN names,
 * the payload included as a file.
 *
 * @module
 */
import { V8_FLAGS } from "./embed.ts";
import { ROOT } from "./paths.ts";

/** Packs loader and payload with `deno compile`; `scratch` is an empty folder. */
export async function compileFlavour(
  scratch: string,
  loader: string,
  payload: Uint8Array,
  output: string,
): Promise<void> {
  await Deno.writeTextFile(`${scratch}/loader.js`, loader);
  await Deno.writeFile(`${scratch}/payload.bin`, payload);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "compile",
      "--quiet",
      "--no-config",
      "--no-lock",
      "--cached-only",
      "--no-remote",
      "--no-npm",
      // A compiled program would read its code cache from a file in /tmp that
      // anybody can have put there.
      "--no-code-cache",
      `--v8-flags=${V8_FLAGS.join(",")}`,
      "--no-prompt",
      "-A",
      "--include=payload.bin",
      `--output=${output}`,
      "loader.js",
    ],
    cwd: scratch,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new Error(
      `deno compile in "${scratch.replace(ROOT, "")}" failed:\n` +
        new TextDecoder().decode(stderr),
    );
  }
}

/** Path of the payload, as an expression for the loader. */
export const COMPILED_PAYLOAD = 'import.meta.dirname+"/payload.bin"';

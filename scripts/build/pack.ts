/**
 * Makes one executable file of a bundle and further parts, by either flavour.
 *
 * @module
 */
import type { BuildMeta } from "../../src/embedded.ts";
import type { Bundle } from "./bundle.ts";
import { COMPILED_PAYLOAD, compileFlavour } from "./compile_flavour.ts";
import { officialDeno } from "./deno_elf.ts";
import { embed, payloadOffset } from "./embed.ts";
import { loaderText } from "./loader_text.ts";
import { compileEntry } from "./native.ts";
import { layOut, shift } from "./payload.ts";

/** What goes into the file; `meta.flavour` decides how. */
export interface Contents {
  readonly bundle: Bundle;
  /** Binary parts, by the name that `read` of the loader knows them by. */
  readonly parts: Readonly<Record<string, Uint8Array>>;
  readonly meta: BuildMeta;
}

/** Writes the executable to `output`; `scratch` is a folder for in-betweens. */
export async function pack(
  { bundle, parts, meta }: Contents,
  scratch: string,
  output: string,
): Promise<void> {
  const text = new TextEncoder();
  const payload = layOut(
    new Map([
      ["csc", text.encode(bundle.eager)],
      ...[...bundle.chunks].map(([name, chunk]) =>
        [name, text.encode(chunk)] as const
      ),
      ...Object.entries(parts),
    ]),
  );
  if (meta.flavour === "compile") {
    const loader = await loaderText(COMPILED_PAYLOAD, payload.index, meta);
    await compileFlavour(scratch, loader, payload.bytes, output);
  } else {
    const deno = await officialDeno();
    const index = shift(payload.index, payloadOffset(deno));
    const loader = await loaderText('"/proc/self/exe"', index, meta);
    const image = await compileEntry(scratch);
    await Deno.writeFile(
      output,
      embed(deno, image, text.encode(loader), payload.bytes),
    );
  }
  await Deno.chmod(output, 0o755);
}

/**
 * Makes one executable file of a bundle and further parts, by either flavour.
 *
 * @module
 */
import type { BuildMeta, NativeName } from "../../src/embedded.ts";
import type { Bundle } from "./bundle.ts";
import { COMPILED_PAYLOAD, compileFlavour } from "./compile_flavour.ts";
import { officialDeno } from "./deno_elf.ts";
import { embed, embedPlaces } from "./embed.ts";
import { loaderText } from "./loader_text.ts";
import { type Arch, compileEntry } from "./native.ts";
import { layOut, shift } from "./payload.ts";

/** What goes into the file; `meta.flavour` decides how. */
export interface Contents {
  readonly bundle: Bundle;
  /** By the names that `read` of the loader knows them by, too. */
  readonly natives: Readonly<Record<NativeName, Uint8Array>>;
  readonly meta: BuildMeta;
  /** The processor; this machine's unless given, and for embed only. */
  readonly arch?: Arch;
}

/** Writes the executable to `output`; `scratch` is a folder for in-betweens. */
export async function pack(
  { bundle, natives, meta, arch }: Contents,
  scratch: string,
  output: string,
): Promise<void> {
  const text = new TextEncoder();
  const texts: [string, Uint8Array][] = [["csc", text.encode(bundle.eager)]];
  for (const [name, chunk] of bundle.chunks) {
    texts.push([name, text.encode(chunk)]);
  }
  if (meta.flavour === "compile") {
    const { bytes, index } = layOut(
      new Map([...texts, ...Object.entries(natives)]),
    );
    const loader = await loaderText(COMPILED_PAYLOAD, index, meta);
    await compileFlavour(scratch, loader, bytes, output);
  } else {
    const { bytes: payload, index } = layOut(new Map(texts));
    const deno = await officialDeno(arch);
    const image = await compileEntry(scratch, arch);
    const contents = { deno, payload, image, natives };
    const places = embedPlaces(contents);
    const whole = shift(index, places.payload);
    // The very bytes that the entry routine makes descriptors of.
    for (const name of Object.keys(natives) as NativeName[]) {
      whole[name] = [places.natives[name], natives[name].length];
    }
    const loader = await loaderText('"/proc/self/exe"', whole, meta);
    await Deno.writeFile(output, embed(contents, text.encode(loader)));
  }
  await Deno.chmod(output, 0o755);
}

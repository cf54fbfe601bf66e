/**
 * Makes one executable file of a bundle and further parts, by either flavour.
 *
 * @module
 */
import type { BuildMeta, NativeName } from "../../src/embedded.ts";
import type { Bundle } from "./bundle.ts";
import { COMPILED_PAYLOAD, compileFlavour } from "./compile_flavour.ts";
import { codeCache } from "./code_cache.ts";
import { officialDeno } from "./deno_elf.ts";
import { ARGUMENTS, embed, embedPlaces } from "./embed.ts";
import { loaderText, type Place, startText } from "./loader_text.ts";
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
  /** Makes the code cache; tests have one made that tells it was used. */
  readonly makeCache?: typeof codeCache;
}

/** Writes the executable to `output`; `scratch` is a folder for in-betweens. */
export async function pack(
  { bundle, natives, meta, arch, makeCache = codeCache }: Contents,
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
    const loader = text.encode(await loaderText(index, meta));
    const place: Place = [bytes.length, loader.length];
    const payload = new Uint8Array([...bytes, ...loader]);
    const start = await startText(COMPILED_PAYLOAD, place, meta);
    await compileFlavour(scratch, start, payload, output);
  } else {
    const { bytes: payload, index } = layOut(new Map(texts));
    const deno = await officialDeno(arch);
    const image = await compileEntry(scratch, arch);
    const places = embedPlaces({ deno, payload, image, natives });
    const whole = shift(index, places.payload);
    // The very bytes that the entry routine makes descriptors of.
    for (const name of Object.keys(natives) as NativeName[]) {
      whole[name] = [places.natives[name], natives[name].length];
    }
    const loader = await loaderText(whole, meta);
    const place: Place = [places.loader, text.encode(loader).length];
    const start = await startText('"/proc/self/exe"', place, meta);
    const contents = {
      ...{ deno, payload, image, natives },
      loader: text.encode(loader),
      start: text.encode(start),
      cache: arch === undefined || arch === Deno.build.arch
        ? await cacheFor(bundle, loader, { deno, scratch, makeCache })
        // Its Deno does not run here: V8 compiles at each start.
        : null,
    };
    await Deno.writeFile(output, embed(contents));
  }
  await Deno.chmod(output, 0o755);
}

/** The code of loader and bundle, made by the very Deno that will use it. */
async function cacheFor(
  { eager, chunks }: Bundle,
  loader: string,
  { deno, scratch, makeCache }: {
    readonly deno: Uint8Array;
    readonly scratch: string;
    readonly makeCache: typeof codeCache;
  },
): Promise<Uint8Array<ArrayBuffer>> {
  const folder = await Deno.makeTempDir({ dir: scratch, prefix: "cache-" });
  const path = `${folder}/csc`;
  await Deno.writeFile(path, deno, { mode: 0o755 });
  const texts = new Map([["loader", loader], ["csc", eager], ...chunks]);
  return await makeCache(texts, { deno: path, args: ARGUMENTS }, folder);
}

/**
 * The only module of the packed program: hands over to the loader, a script
 * that lies in the file it was started from.
 *
 * Nearly empty because Deno parses a module at each start, compiles it, and
 * would even make a code cache of it that it then has nowhere to put. The
 * packer writes the `CSC_…` constants before it.
 *
 * @module
 */
import type { Core, load } from "./loader.ts";

/** File that holds the payload; the compile flavour's is beside this module. */
declare const CSC_FILE: string;
/** Where the loader lies in it. */
declare const CSC_LOADER: readonly [offset: number, size: number];
/**
 * Descriptors of the bridge and the launcher, or nothing. In the embed flavour
 * the entry routine writes this line, each time anew.
 */
declare const CSC_NATIVES: readonly number[];

const file = Deno.openSync(CSC_FILE);
const { core } = (Deno as unknown as Record<symbol, { readonly core: Core }>)[
  (Deno as unknown as { readonly internal: symbol }).internal
]!;
const bytes = new Uint8Array(CSC_LOADER[1]);
file.seekSync(CSC_LOADER[0], Deno.SeekMode.Start);
file.readSync(bytes);
const [loader, error] = core.evalContext(core.decode(bytes), "csc:loader");
if (error) throw error.thrown;
(loader as typeof load)({
  file,
  core,
  natives: CSC_NATIVES,
  builtin: (specifier) => import(specifier),
});

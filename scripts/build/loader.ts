/**
 * The only module of the packed program: reads the bundle's eager text from
 * the file it was started from and evaluates it.
 *
 * Kept to a few lines because it is parsed as a module at every start. The
 * packer puts the `CSC_…` constants before it.
 *
 * @module
 */
import type { Embedded } from "../../src/embedded.ts";

/** File that holds the payload; the compile flavour's is beside this module. */
declare const CSC_FILE: string;
/** Name of a part to [offset in that file, size]. */
declare const CSC_INDEX: Record<string, [offset: number, size: number]>;
declare const CSC_META: Embedded["meta"];
/**
 * Descriptors of the bridge and the launcher, or nothing. In the embed flavour
 * the entry routine writes this line, each time anew.
 */
declare const CSC_NATIVES: readonly number[];

const file = Deno.openSync(CSC_FILE);
const decoder = new TextDecoder();

// The file stays open: chunks must load after permissions were given up, and
// from this very file even if another one has taken its name.
function read(name: string): Uint8Array<ArrayBuffer> {
  const place = CSC_INDEX[name];
  if (!place) throw new Error(`csc holds no part "${name}"`);
  const bytes = new Uint8Array(place[1]);
  file.seekSync(place[0], Deno.SeekMode.Start);
  for (let done = 0; done < bytes.length;) {
    const count = file.readSync(bytes.subarray(done));
    if (count === null) throw new Error(`csc is cut short in part "${name}"`);
    done += count;
  }
  return bytes;
}

/** Evaluates as script text in the global scope (indirect eval). */
function evaluate(name: string): unknown {
  return (0, eval)(
    `${decoder.decode(read(name))}\n//# sourceURL=${name}`,
  );
}

const loaded = new Map<string, unknown>();

function now(name: string): unknown {
  if (!loaded.has(name)) loaded.set(name, evaluate(name));
  return loaded.get(name);
}

// The entry routine hid it, because Deno would read ~/.npmrc at its start.
if (CSC_META.flavour === "embed") {
  const environment = decoder.decode(Deno.readFileSync("/proc/self/environ"));
  const home = /(?:^|\0)HOME=([^\0]*)/.exec(environment)?.[1];
  if (home === undefined) Deno.env.delete("HOME");
  else Deno.env.set("HOME", home);
}

Object.defineProperty(globalThis, "__csc", {
  value: Object.freeze<Embedded>({
    meta: CSC_META,
    descriptors: { "bridge.so": CSC_NATIVES[0], launcher: CSC_NATIVES[1] },
    read,
    now,
    // deno-lint-ignore require-await -- a missing chunk must reject, not throw
    chunk: async (name) => now(name),
    builtin: (specifier) => import(specifier),
  }),
});
evaluate("csc");

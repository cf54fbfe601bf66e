/**
 * Reads the bundle's texts from the file that csc was started from and
 * evaluates them. A script, not a module: Deno has a code cache for those that
 * is looked up by name and text alone (code_cache.ts).
 *
 * The packer puts the `CSC_…` constants before it.
 *
 * @module
 */
import type { Embedded } from "../../src/embedded.ts";

/** What Deno's own modules evaluate scripts with. */
export interface Core {
  /** UTF-8, with less ado than a TextDecoder. */
  decode(bytes: Uint8Array): string;
  evalContext(
    text: string,
    specifier: string,
  ): [value: unknown, error: { readonly thrown: unknown } | null];
}

/** What the module has that started the program (start.ts). */
export interface Started {
  /** The payload, open for reading; it stays so. */
  readonly file: Deno.FsFile;
  readonly core: Core;
  readonly natives: readonly number[];
  /** A script has nothing to resolve specifiers against. */
  readonly builtin: (specifier: string) => Promise<unknown>;
}

/** Name of a part to [offset in the file, size]. */
declare const CSC_INDEX: Record<string, [offset: number, size: number]>;
declare const CSC_META: Embedded["meta"];

/** Starts csc. */
export function load({ file, core, natives, builtin }: Started): void {
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

  /** Evaluates as script text in the global scope. */
  function evaluate(name: string): unknown {
    const text = core.decode(read(name));
    const [value, error] = core.evalContext(text, `csc:${name}`);
    if (error) throw error.thrown;
    return value;
  }

  const loaded = new Map<string, unknown>();

  function now(name: string): unknown {
    if (!loaded.has(name)) loaded.set(name, evaluate(name));
    return loaded.get(name);
  }

  // The entry routine hid it, because Deno would read ~/.npmrc at its start.
  if (CSC_META.flavour === "embed") {
    const environment = core.decode(Deno.readFileSync("/proc/self/environ"));
    const home = /(?:^|\0)HOME=([^\0]*)/.exec(environment)?.[1];
    if (home === undefined) Deno.env.delete("HOME");
    else Deno.env.set("HOME", home);
  }

  Object.defineProperty(globalThis, "__csc", {
    value: Object.freeze<Embedded>({
      meta: CSC_META,
      descriptors: { "bridge.so": natives[0], launcher: natives[1] },
      read,
      now,
      // deno-lint-ignore require-await -- a missing chunk must reject, not throw
      chunk: async (name) => now(name),
      builtin,
    }),
  });
  (evaluate("csc") as { main(): void }).main();
}

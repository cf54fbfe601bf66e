/**
 * What the packed executable carries beside the program: native code and facts
 * about the build. Unbundled (tests, development) the natives come from the
 * last build in dist/.
 *
 * @module
 */

/** Facts about this build, written by the packer. */
export interface BuildMeta {
  /** How it was packed (README.md, architecture). */
  readonly flavour: "embed" | "compile" | "development";
  /** Commit that it was built from, "-dirty" if changed, or "unknown". */
  readonly commit: string;
  /** Lower-case hex SHA-256 of each embedded native. */
  readonly natives: Readonly<Record<NativeName, string>>;
}

/** Native code that csc carries. */
export type NativeName = "launcher" | "bridge.so";

/** What the loader of the packed executable defines as `globalThis.__csc`. */
export interface Embedded {
  readonly meta: BuildMeta;
  /** Natives that the entry routine has put into memory files. */
  readonly descriptors: Readonly<Record<NativeName, number | undefined>>;
  /** A fresh copy of an embedded part. Throws when there is none of that name. */
  read(name: string): Uint8Array<ArrayBuffer>;
  /** The exports of a chunk; what stands in for a module bundled apart asks it. */
  now(name: string): unknown;
  /** The same for a dynamic import; what `import("./x.ts")` becomes in the bundle. */
  chunk(name: string): Promise<unknown>;
  /** What `import("node:x")` becomes in the bundle. */
  builtin(specifier: string): Promise<unknown>;
}

/** Set by the loader only; absent when src/ runs unbundled. */
function embedded(): Embedded | undefined {
  return (globalThis as { readonly __csc?: Embedded }).__csc;
}

/** Facts about this build. */
export function buildMeta(): BuildMeta {
  return embedded()?.meta ?? {
    flavour: "development",
    commit: "unknown",
    natives: { launcher: "unknown", "bridge.so": "unknown" },
  };
}

/**
 * The bytes of an embedded native.
 *
 * Unbundled, reads dist/native/; throws Deno.errors.NotFound before a build.
 */
export function readNative(name: NativeName): Uint8Array<ArrayBuffer> {
  return embedded()?.read(name) ??
    Deno.readFileSync(new URL(`../dist/native/${name}`, import.meta.url));
}

/**
 * The sealed, close-on-exec memory file with an embedded native that was there
 * when csc started, or null: the compile flavour, unbundled, and where the
 * kernel refused one. It lives as long as the process; nobody closes it.
 */
export function nativeDescriptor(name: NativeName): number | null {
  return embedded()?.descriptors[name] ?? null;
}

/**
 * The environment that csc was started with, in the order given, as the kernel
 * has it: also the DENO_* and NODE_* variables, which the packed executable
 * hides from its runtime, and values that are not UTF-8.
 */
export function hostEnvironment(): Map<string, Uint8Array<ArrayBuffer>> {
  const bytes = Deno.readFileSync("/proc/self/environ");
  const decoder = new TextDecoder();
  const variables = new Map<string, Uint8Array<ArrayBuffer>>();
  for (let start = 0; start < bytes.length;) {
    let end = bytes.indexOf(0, start);
    if (end < 0) end = bytes.length;
    const equals = bytes.indexOf(0x3d, start);
    if (equals > start && equals < end) {
      const name = decoder.decode(bytes.subarray(start, equals));
      // The first of several wins, as getenv has it.
      if (!variables.has(name)) {
        variables.set(name, bytes.slice(equals + 1, end));
      }
    }
    start = end + 1;
  }
  return variables;
}

/**
 * Compiles what is written in C: the launcher, the bridge and the entry
 * routine. One table says what goes into each and with which flags.
 *
 * @module
 */
import type { NativeName } from "../../src/embedded.ts";
import { machineOf, neededLibraries } from "./elf.ts";
import { DIST, ROOT } from "./paths.ts";

/** What every translation unit is compiled with. */
const STRICT = [
  "-std=gnu11",
  "-Wall",
  "-Wextra",
  "-Wconversion",
  "-Wshadow",
  "-Werror",
  // No path of the build machine and nothing that changes between two builds.
  `-ffile-prefix-map=${ROOT}=`,
  "-Wl,--build-id=none",
  "-s",
];

/** For whatever meets input. */
const HARDENED = [
  "-O2",
  "-fstack-protector-strong",
  "-U_FORTIFY_SOURCE",
  "-ffunction-sections",
  "-fdata-sections",
  "-Wl,--gc-sections",
  "-Wl,-z,relro,-z,now,-z,noexecstack",
  "-D_GNU_SOURCE",
];

/** One thing to compile: every .c and .S file of `folders`, in sorted order. */
interface Artefact {
  readonly folders: readonly string[];
  /** Folders that stand in for the C library; unit tests leave them out. */
  readonly runtime: readonly string[];
  readonly flags: readonly string[];
}

/** The C artefacts of csc. */
export const ARTEFACTS = {
  /** Becomes PID 1 of the sandbox; links no libc, which would take longer to start than it runs. */
  launcher: {
    folders: ["native/launcher", "native/wire", "native/base"],
    runtime: ["native/freestanding"],
    flags: [
      ...HARDENED,
      "-fPIE",
      "-static-pie",
      "-nostdlib",
      // Without libc there is no thread control block to hold the canary.
      "-mstack-protector-guard=global",
      "-fno-asynchronous-unwind-tables",
    ],
  },
  /** Loaded into csc by FFI. */
  "bridge.so": {
    folders: ["native/bridge", "native/wire", "native/base"],
    runtime: [],
    flags: [
      ...HARDENED,
      "-D_FORTIFY_SOURCE=2",
      "-fPIC",
      "-fvisibility=hidden",
      "-shared",
    ],
  },
  /** Runs before any libc call is possible: no canary, no builtins, no SSE. */
  entry: {
    folders: ["native/entry"],
    runtime: [],
    flags: [
      "-Os",
      "-ffreestanding",
      "-fpie",
      "-fno-builtin",
      "-fno-tree-loop-distribute-patterns",
      "-fno-stack-protector",
      "-fno-asynchronous-unwind-tables",
      "-fcf-protection=none",
      "-mgeneral-regs-only",
      "-nostdlib",
      "-static",
      "-Wl,-T,native/entry/entry.ld",
      "-Wl,--oformat=binary",
      "-Wl,-e,csc_start",
    ],
  },
} as const satisfies Record<string, Artefact>;

/** The name of an artefact. */
export type ArtefactName = keyof typeof ARTEFACTS;

/** The compiler, by the usual variable. */
export function compiler(): string {
  return Deno.env.get("CC") ?? "cc";
}

/** First line of `cc --version`, which belongs to the inputs of a build. */
export async function compilerVersion(): Promise<string> {
  const { stdout } = await run(compiler(), ["--version"]);
  return new TextDecoder().decode(stdout).split("\n")[0] ?? "";
}

/**
 * Source files of an artefact, relative to the root, in a fixed order; without
 * what stands in for the C library.
 */
export function sources(name: ArtefactName): Promise<string[]> {
  return sourcesIn(ARTEFACTS[name].folders);
}

/** Source files of what stands in for an artefact's C library. */
export function runtimeSources(name: ArtefactName): Promise<string[]> {
  return sourcesIn(ARTEFACTS[name].runtime);
}

async function sourcesIn(folders: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    for await (const entry of listFolder(folder)) {
      if (!/\.[cS]$/.test(entry)) continue;
      // entry_<arch>.S: only the one for this machine.
      if (entry.endsWith(".S") && !entry.includes(Deno.build.arch)) continue;
      found.push(`${folder}/${entry}`);
    }
  }
  return found.sort();
}

async function* listFolder(folder: string): AsyncGenerator<string> {
  try {
    for await (const entry of Deno.readDir(ROOT + folder)) {
      if (entry.isFile) yield entry.name;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Compiles one artefact to `output` (absolute path). */
export async function compile(
  name: ArtefactName,
  output: string,
  extraFlags: readonly string[] = [],
): Promise<void> {
  await run(compiler(), [
    ...STRICT,
    ...ARTEFACTS[name].flags,
    ...extraFlags,
    "-o",
    output,
    ...await sources(name),
    ...await runtimeSources(name),
  ]);
}

/**
 * Compiles the entry routine and returns its image.
 *
 * It is linked at two bases: identical bytes prove that it holds no absolute
 * address, which would be wrong wherever the kernel maps it.
 */
export async function compileEntry(scratch: string): Promise<Uint8Array> {
  const images: Uint8Array[] = [];
  for (const base of ["0", "0x40000"]) {
    const output = `${scratch}/entry-${base}.bin`;
    await compile("entry", output, [`-Wl,--defsym=csc_link_base=${base}`]);
    images.push(await Deno.readFile(output));
  }
  const [low, high] = images as [Uint8Array, Uint8Array];
  if (
    low.length !== high.length ||
    low.some((byte, index) => byte !== high[index])
  ) {
    throw new Error(
      "compile native/entry: the image depends on its load address",
    );
  }
  return low;
}

/** Libraries that an artefact may ask for at run time. */
const ALLOWED_LIBRARIES: Record<NativeName, readonly string[]> = {
  launcher: [],
  "bridge.so": ["libc.so.6"],
};

/** Compiles launcher and bridge into dist/native/ and returns their bytes. */
export async function buildNatives(
  scratch: string,
): Promise<Record<NativeName, Uint8Array<ArrayBuffer>>> {
  await Deno.mkdir(`${DIST}native`, { recursive: true });
  const [launcher, bridge] = await Promise.all([
    buildNative("launcher", scratch),
    buildNative("bridge.so", scratch),
  ]);
  return { launcher: launcher!, "bridge.so": bridge! };
}

async function buildNative(
  name: NativeName,
  scratch: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const output = `${scratch}/${name}`;
  await compile(name, output);
  const bytes = await Deno.readFile(output);
  machineOf(bytes);
  const unexpected = neededLibraries(bytes).filter((library) =>
    !ALLOWED_LIBRARIES[name].includes(library)
  );
  if (unexpected.length > 0) {
    throw new Error(`compile ${name}: it needs ${unexpected.join(", ")}`);
  }
  await Deno.rename(output, `${DIST}native/${name}`);
  return bytes;
}

/** Runs a tool in the root; throws with its stderr when it fails. */
async function run(tool: string, args: readonly string[]) {
  const output = await new Deno.Command(tool, {
    args: [...args],
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { LC_ALL: "C" },
  }).output();
  if (!output.success) {
    const text = new TextDecoder().decode(output.stderr).trimEnd();
    throw new Error(`${tool} failed (exit code ${output.code}):\n${text}`);
  }
  return output;
}

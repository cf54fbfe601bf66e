/**
 * Compiles what is written in C: the launcher, the bridge and the entry
 * routine. One table says what goes into each and with which flags.
 *
 * @module
 */
import type { NativeName } from "../../src/embedded.ts";
import { imageOf, type Machine, machineOf, neededLibraries } from "./elf.ts";
import { ROOT } from "./paths.ts";

/** A processor that csc can be built for. */
export type Arch = Machine["arch"];

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
      "-mgeneral-regs-only",
      "-nostdlib",
      "-static",
      "-Wl,-T,native/entry/entry.ld",
      "-Wl,-e,csc_start",
    ],
  },
} as const satisfies Record<string, Artefact>;

/** The name of an artefact. */
export type ArtefactName = keyof typeof ARTEFACTS;

/** Flags that only one processor's compiler knows. */
const ARCH_FLAGS: Record<Arch, Partial<Record<ArtefactName, string[]>>> = {
  // No landing pads in the middle of what is written by hand.
  x86_64: { entry: ["-fcf-protection=none"] },
  aarch64: {},
};

/** The compiler: by the usual variable for this machine, else Debian's name. */
export function compiler(arch: Arch = Deno.build.arch): string {
  return arch === Deno.build.arch
    ? Deno.env.get("CC") ?? "cc"
    : `${arch}-linux-gnu-gcc`;
}

/** First line of `cc --version`, which belongs to the inputs of a build. */
export async function compilerVersion(arch?: Arch): Promise<string> {
  const { stdout } = await run(compiler(arch), ["--version"]);
  return new TextDecoder().decode(stdout).split("\n")[0] ?? "";
}

/**
 * Source files of an artefact, relative to the root, in a fixed order; without
 * what stands in for the C library.
 */
export function sources(name: ArtefactName, arch?: Arch): Promise<string[]> {
  return sourcesIn(ARTEFACTS[name].folders, arch);
}

/** Source files of what stands in for an artefact's C library. */
export function runtimeSources(name: ArtefactName): Promise<string[]> {
  return sourcesIn(ARTEFACTS[name].runtime);
}

async function sourcesIn(
  folders: readonly string[],
  arch: Arch = Deno.build.arch,
): Promise<string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    for await (const entry of listFolder(folder)) {
      if (!/\.[cS]$/.test(entry)) continue;
      // entry_<arch>.S: only the one for this processor.
      if (entry.endsWith(".S") && !entry.includes(arch)) continue;
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
  arch: Arch = Deno.build.arch,
): Promise<void> {
  await run(compiler(arch), [
    ...STRICT,
    ...ARTEFACTS[name].flags,
    ...ARCH_FLAGS[arch][name] ?? [],
    ...extraFlags,
    "-o",
    output,
    ...await sources(name, arch),
    ...await runtimeSources(name),
  ]);
}

/**
 * Compiles the entry routine and returns its image.
 *
 * It is linked at two bases: identical bytes prove that it holds no absolute
 * address, which would be wrong wherever the kernel maps it.
 */
export async function compileEntry(
  scratch: string,
  arch?: Arch,
): Promise<Uint8Array> {
  const images: Uint8Array[] = [];
  for (const base of ["0", "0x40000"]) {
    const output = `${scratch}/entry-${base}`;
    const flags = [`-Wl,--defsym=csc_link_base=${base}`];
    await compile("entry", output, flags, arch);
    images.push(imageOf(await Deno.readFile(output)));
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
  // On aarch64 the stack protector's guard is the dynamic linker's.
  "bridge.so": ["libc.so.6", "ld-linux-aarch64.so.1"],
};

/**
 * Compiles launcher and bridge for a processor into `folder` (absolute) and
 * returns their bytes. `scratch` must be on the same file system.
 */
export async function buildNatives(
  scratch: string,
  folder: string,
  arch: Arch = Deno.build.arch,
): Promise<Record<NativeName, Uint8Array<ArrayBuffer>>> {
  await Deno.mkdir(folder, { recursive: true });
  const build = (name: NativeName) => buildNative(name, scratch, folder, arch);
  const [launcher, bridge] = await Promise.all([
    build("launcher"),
    build("bridge.so"),
  ]);
  return { launcher: launcher!, "bridge.so": bridge! };
}

async function buildNative(
  name: NativeName,
  scratch: string,
  folder: string,
  arch: Arch,
): Promise<Uint8Array<ArrayBuffer>> {
  const output = `${scratch}/${name}`;
  await compile(name, output, [], arch);
  const bytes = await Deno.readFile(output);
  const built = machineOf(bytes).arch;
  if (built !== arch) {
    throw new Error(`compile ${name}: ${compiler(arch)} builds for ${built}`);
  }
  const unexpected = neededLibraries(bytes).filter((library) =>
    !ALLOWED_LIBRARIES[name].includes(library)
  );
  if (unexpected.length > 0) {
    throw new Error(`compile ${name}: it needs ${unexpected.join(", ")}`);
  }
  await Deno.rename(output, `${folder}/${name}`);
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

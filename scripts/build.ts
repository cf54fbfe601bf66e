/**
 * Builds dist/csc, one executable file:
 *
 *     deno task build [--flavour=auto|compile|embed] [--target=ARCH]
 *
 *   natives (cc) + bundle (esbuild) -> payload -> packed by one of two flavours
 *
 * Flavours (README.md, architecture): `embed` extends the official Deno
 * executable, `compile` uses `deno compile`; `auto` takes compile where
 * DENORT_BIN names a runtime, else embed. For another processor (x86_64,
 * aarch64) it builds dist/ARCH/csc, with Debian's cross compiler and embed only.
 *
 * @module
 */
import { type Bundle, bundle } from "./build/bundle.ts";
import { commitId } from "./build/commit.ts";
import { sha256 } from "./build/deno_elf.ts";
import { MACHINES } from "./build/elf.ts";
import { type Arch, buildNatives, compilerVersion } from "./build/native.ts";
import { pack } from "./build/pack.ts";
import { DIST, ROOT } from "./build/paths.ts";
import { inputDigest, isUpToDate, writeStamp } from "./build/stamp.ts";

type Flavour = "embed" | "compile";

/** What the command line asks for. */
interface Asked {
  readonly flavour: Flavour;
  readonly arch: Arch;
}

/** Reads the command line; throws on anything unknown. */
function askedFor(args: readonly string[]): Asked {
  let flavour = "auto";
  let arch: Arch = Deno.build.arch;
  for (const arg of args) {
    const [, name, value] = /^--(flavour|target)=(\w+)$/.exec(arg) ?? [];
    const machine = MACHINES.find((known) => known.arch === value);
    if (name === "flavour" && /^(auto|compile|embed)$/.test(value!)) {
      flavour = value!;
    } else if (name === "target" && machine) {
      arch = machine.arch;
    } else {
      throw new Error(
        `read "${arg}": expected --flavour=auto, --flavour=compile, ` +
          "--flavour=embed, --target=x86_64 or --target=aarch64",
      );
    }
  }
  const foreign = arch !== Deno.build.arch;
  const denort = Deno.env.get("DENORT_BIN");
  if (flavour === "compile" && (foreign || !denort)) {
    throw new Error(
      "build: --flavour=compile needs DENORT_BIN and this machine's processor",
    );
  }
  if (flavour === "auto") flavour = denort && !foreign ? "compile" : "embed";
  return { flavour: flavour as Flavour, arch };
}

/** What the digest over files does not see. */
async function outerFacts(
  { flavour, arch }: Asked,
  commit: string,
): Promise<string[]> {
  const version = await compilerVersion(arch);
  const facts = [flavour, arch, commit, Deno.version.deno, version];
  if (flavour === "compile") {
    const denort = Deno.env.get("DENORT_BIN")!;
    const { size, mtime } = await Deno.stat(denort);
    facts.push(denort, String(size), String(mtime?.getTime()));
  }
  return facts;
}

/** Builds all of it into `folder`, which ends in a slash. */
async function build(
  { flavour, arch }: Asked,
  commit: string,
  folder: string,
): Promise<void> {
  const scratch = await Deno.makeTempDir({ dir: DIST, prefix: "build-" });
  try {
    const natives = await buildNatives(scratch, `${folder}native`, arch);
    const program = await bundle();
    const digests = {
      launcher: await sha256(natives.launcher),
      "bridge.so": await sha256(natives["bridge.so"]),
    };
    const packed = `${scratch}/csc`;
    await pack(
      {
        bundle: program,
        natives,
        meta: { flavour, commit, natives: digests },
        arch,
      },
      scratch,
      packed,
    );
    // A csc that runs right now keeps its own file.
    await Deno.rename(packed, `${folder}csc`);
    console.log(`${folder.slice(ROOT.length)}csc: ${flavour}, ${arch}`);
    report(program);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

function report({ eager, chunks }: Bundle): void {
  const kib = (text: string) => `${(text.length / 1024).toFixed(1)} KiB`;
  console.log(`  eager ${kib(eager)}`);
  for (const [name, chunk] of chunks) console.log(`  ${name} ${kib(chunk)}`);
}

/** Builds unless csc was made from the same inputs. */
async function buildIfNeeded(args: readonly string[]): Promise<void> {
  const asked = askedFor(args);
  const foreign = asked.arch !== Deno.build.arch;
  const folder = foreign ? `${DIST}${asked.arch}/` : DIST;
  const commit = await commitId();
  const digest = await inputDigest(await outerFacts(asked, commit));
  const outputs = ["csc", "native/launcher", "native/bridge.so"]
    .map((name) => folder + name);
  const stamp = `${folder}build.stamp`;
  if (await isUpToDate(stamp, digest, outputs)) {
    console.log(`${folder.slice(ROOT.length)}csc is up to date`);
    return;
  }
  await Deno.mkdir(folder, { recursive: true });
  await build(asked, commit, folder);
  await writeStamp(stamp, digest, outputs);
}

try {
  await buildIfNeeded(Deno.args);
} catch (error) {
  // A compiler's messages are what the reader needs, not our stack.
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(1);
}

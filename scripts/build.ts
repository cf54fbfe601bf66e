/**
 * Builds dist/csc, one executable file: `deno task build [--flavour=F]`.
 *
 *   natives (cc) + bundle (esbuild) -> payload -> packed by one of two flavours
 *
 * Flavours (README.md, architecture): `embed` extends the official Deno
 * executable, `compile` uses `deno compile`; `auto` takes compile where
 * DENORT_BIN names a runtime, else embed.
 *
 * @module
 */
import { type Bundle, bundle } from "./build/bundle.ts";
import { commitId } from "./build/commit.ts";
import { sha256 } from "./build/deno_elf.ts";
import { buildNatives, compilerVersion } from "./build/native.ts";
import { pack } from "./build/pack.ts";
import { DIST } from "./build/paths.ts";
import { inputDigest, isUpToDate, writeStamp } from "./build/stamp.ts";

type Flavour = "embed" | "compile";

const OUTPUT = `${DIST}csc`;

/** The flavour that the command line asks for; throws on anything unknown. */
function flavourFrom(args: readonly string[]): Flavour {
  let asked = "auto";
  for (const arg of args) {
    const match = /^--flavour=(auto|compile|embed)$/.exec(arg);
    if (!match) {
      throw new Error(
        `read "${arg}": expected --flavour=auto, --flavour=compile or --flavour=embed`,
      );
    }
    asked = match[1]!;
  }
  const denort = Deno.env.get("DENORT_BIN");
  if (asked === "compile" && !denort) {
    throw new Error("build: --flavour=compile needs DENORT_BIN");
  }
  if (asked === "auto") return denort ? "compile" : "embed";
  return asked as Flavour;
}

/** What the digest over files does not see. */
async function outerFacts(flavour: Flavour, commit: string): Promise<string[]> {
  const facts = [flavour, commit, Deno.version.deno, await compilerVersion()];
  if (flavour === "compile") {
    const denort = Deno.env.get("DENORT_BIN")!;
    const { size, mtime } = await Deno.stat(denort);
    facts.push(denort, String(size), String(mtime?.getTime()));
  }
  return facts;
}

async function build(flavour: Flavour, commit: string): Promise<void> {
  const scratch = await Deno.makeTempDir({ dir: DIST, prefix: "build-" });
  try {
    const natives = await buildNatives(scratch);
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
      },
      scratch,
      packed,
    );
    // A csc that runs right now keeps its own file.
    await Deno.rename(packed, OUTPUT);
    report(flavour, program);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

function report(flavour: Flavour, { eager, chunks }: Bundle): void {
  const kib = (text: string) => `${(text.length / 1024).toFixed(1)} KiB`;
  console.log(`dist/csc: ${flavour}, eager ${kib(eager)}`);
  for (const [name, chunk] of chunks) console.log(`  ${name} ${kib(chunk)}`);
}

/** Builds unless dist/csc was made from the same inputs. */
async function buildIfNeeded(args: readonly string[]): Promise<void> {
  const flavour = flavourFrom(args);
  const commit = await commitId();
  const digest = await inputDigest(await outerFacts(flavour, commit));
  const outputs = [OUTPUT, `${DIST}native/launcher`, `${DIST}native/bridge.so`];
  if (await isUpToDate(digest, outputs)) {
    console.log("dist/csc is up to date");
    return;
  }
  await Deno.mkdir(DIST, { recursive: true });
  await build(flavour, commit);
  await writeStamp(digest, outputs);
}

try {
  await buildIfNeeded(Deno.args);
} catch (error) {
  // A compiler's messages are what the reader needs, not our stack.
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(1);
}

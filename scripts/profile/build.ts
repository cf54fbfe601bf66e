/**
 * A csc that tells when its phases end, for `deno task profile` alone: marks
 * are compiled in, and Deno prints its own phases. It goes into a scratch
 * folder, never into dist.
 *
 * @module
 */
import { bundle } from "../build/bundle.ts";
import { sha256 } from "../build/deno_elf.ts";
import { replaceText } from "../build/elf.ts";
import { buildNatives } from "../build/native.ts";
import { pack } from "../build/pack.ts";

/**
 * csc gives Deno no variable of its caller's, so one that does no harm here
 * gives way to the one that is wanted: Deno asks for updates on terminals only.
 */
const VARIABLE = [
  "DENO_NO_UPDATE_CHECK=1\0",
  "DENO_STARTUP_PHASES=11\0",
] as const;

/** Says on standard error when it is called, milliseconds since the epoch. */
const REPORT = "globalThis.cscMark=(name)=>Deno.stderr.writeSync(" +
  "new TextEncoder().encode(`[mark] ${name} ${" +
  "(performance.timeOrigin+performance.now()).toFixed(3)}\\n`));";

/** Builds it into the folder; the path of the executable. */
export async function buildProfiled(folder: string): Promise<string> {
  const natives = await buildNatives(
    folder,
    `${folder}/native`,
    Deno.build.arch,
  );
  const { eager, chunks } = await bundle(undefined, undefined, true);
  const marked = {
    eager: `${REPORT}cscMark("first script");${eager}`,
    chunks: new Map([...chunks].map(([name, text]) => [
      name,
      `cscMark(${
        JSON.stringify(`chunk ${name.replace(/^src\//, "")}`)
      });${text}`,
    ])),
  };
  const digests = {
    launcher: await sha256(natives.launcher),
    "bridge.so": await sha256(natives["bridge.so"]),
  };
  const path = `${folder}/csc`;
  await pack(
    {
      bundle: marked,
      natives,
      meta: { flavour: "embed", commit: "profile", natives: digests },
    },
    folder,
    path,
  );
  const bytes = await Deno.readFile(path);
  replaceText(bytes, ...VARIABLE);
  await Deno.writeFile(path, bytes);
  return path;
}

/**
 * A csc whose native parts have fault points (native/base/fault.h): built here,
 * once per content, and never shipped.
 *
 * @module
 */
import { bundle } from "../../scripts/build/bundle.ts";
import { sha256 } from "../../scripts/build/deno_elf.ts";
import { compile, compilerVersion } from "../../scripts/build/native.ts";
import { pack } from "../../scripts/build/pack.ts";
import { inputDigest } from "../../scripts/build/stamp.ts";
import { cacheDirectory } from "./programs.ts";

/** What makes fault points out of the places that are marked as such. */
export const FAULTS_FLAG = "-DCSC_FAULTS";

/** Path of the csc with fault points, executable for everybody. */
export async function faultyCsc(): Promise<string> {
  const flavour = Deno.env.has("DENORT_BIN") ? "compile" : "embed";
  const facts = ["faults", flavour, await compilerVersion()];
  const key = (await inputDigest(facts)).slice(0, 24);
  const target = `${cacheDirectory()}/csc-faults-${key}`;
  if (await Deno.stat(target).then(() => true, () => false)) return target;

  const scratch = await Deno.makeTempDir({ dir: cacheDirectory() });
  try {
    const natives = {
      launcher: await faultyNative("launcher", scratch),
      "bridge.so": await faultyNative("bridge.so", scratch),
    };
    const meta = {
      flavour,
      commit: "faults",
      natives: {
        launcher: await sha256(natives.launcher),
        "bridge.so": await sha256(natives["bridge.so"]),
      },
    } as const;
    const packed = `${scratch}/csc`;
    await pack({ bundle: await bundle(), natives, meta }, scratch, packed);
    await Deno.rename(packed, target);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
  return target;
}

/** A native part with fault points. */
export async function faultyNative(
  name: "launcher" | "bridge.so",
  scratch: string,
): Promise<Uint8Array<ArrayBuffer>> {
  await compile(name, `${scratch}/${name}`, [FAULTS_FLAG]);
  return await Deno.readFile(`${scratch}/${name}`);
}

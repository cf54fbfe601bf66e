/**
 * Packs and runs programs for the tests of packing.
 *
 * @module
 */
import { bundle } from "../../scripts/build/bundle.ts";
import { pack } from "../../scripts/build/pack.ts";
import type { BuildMeta } from "../../src/embedded.ts";

/** Text that stands for the launcher inside the probe. */
export const PROBE_LAUNCHER = "not really a launcher";

/** The csc that `deno task build` made. */
export const CSC = new URL("../../dist/csc", import.meta.url).pathname;

/** What the probe prints. */
export interface ProbeReport {
  readonly args: string[];
  /** What descriptor 0 is. */
  readonly stdin: string;
  readonly environment: Record<string, string>;
  readonly host: Record<string, string>;
  readonly meta: BuildMeta;
  readonly launcher: string;
  readonly yaml: unknown;
  readonly loadedOnce: boolean;
  readonly sqlite: string;
  readonly visible: boolean;
}

/** Packs fixture/probe.ts; returns the executable's path inside `folder`. */
export async function packProbe(
  folder: string,
  flavour: "embed" | "compile",
): Promise<string> {
  const output = `${folder}/probe`;
  await pack(
    {
      bundle: await bundle("tests/build/fixture/probe.ts"),
      parts: {
        launcher: new TextEncoder().encode(PROBE_LAUNCHER),
        "bridge.so": new Uint8Array([1, 2, 3]),
      },
      meta: {
        flavour,
        commit: "c0ffee",
        natives: { launcher: "1".repeat(64), "bridge.so": "2".repeat(64) },
      },
    },
    folder,
    output,
  );
  return output;
}

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in an environment of exactly `env`. */
export async function run(
  program: string,
  args: readonly string[],
  options: { env?: Record<string, string>; cwd?: string } = {},
): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    clearEnv: true,
    env: options.env ?? {},
    cwd: options.cwd ?? "/",
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/** Runs the probe and reads its report; whatever it says on stderr is a fault. */
export async function probe(
  program: string,
  args: readonly string[] = [],
  options: { env?: Record<string, string>; cwd?: string } = {},
): Promise<ProbeReport> {
  const { code, stdout, stderr } = await run(program, args, options);
  if (code !== 0 || stderr !== "") {
    throw new Error(`the probe ended with ${code}: ${stderr}`);
  }
  return JSON.parse(stdout);
}

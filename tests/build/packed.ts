/**
 * Packs and runs programs for the tests of packing.
 *
 * @module
 */
import { bundle } from "../../scripts/build/bundle.ts";
import { type Contents, pack } from "../../scripts/build/pack.ts";
import type { BuildMeta, NativeName } from "../../src/embedded.ts";

/** What is bundled apart in the probe. */
export const PROBE_APART = ["tests/build/fixture/apart.ts"];

/** Text that stands for the launcher inside the probe. */
export const PROBE_LAUNCHER = "not really a launcher";

/** Bytes that stand for the bridge; more than the loader has. */
export const PROBE_BRIDGE = Uint8Array.from({ length: 20_000 }, (_, n) => n);

/** The csc that `deno task build` made. */
export const CSC = new URL("../../dist/csc", import.meta.url).pathname;

/** A memory file as the probe finds it. */
export interface MadeDescriptor {
  readonly number: number;
  /** Its bytes, one character each. */
  readonly content: string;
  /** What /proc says that it is. */
  readonly target: string;
  readonly closeOnExec: boolean;
  /** Whether it can be opened for writing and changed. */
  readonly writable: boolean;
}

/** What the probe prints. */
export interface ProbeReport {
  readonly args: string[];
  /** What descriptor 0 is. */
  readonly stdin: string;
  readonly environment: Record<string, string>;
  readonly host: Record<string, string>;
  readonly meta: BuildMeta;
  readonly launcher: string;
  /** What the descriptors made by the entry routine hold; null for none. */
  readonly descriptors: Record<NativeName, MadeDescriptor | null>;
  readonly yaml: unknown;
  readonly loadedOnce: boolean;
  /** What the module apart has returned, and whether it could reject. */
  readonly told: readonly { readonly text: string; readonly calls: number }[];
  readonly failed: boolean;
  readonly sqlite: string;
  readonly visible: boolean;
}

/** Packs fixture/probe.ts; returns the executable's path inside `folder`. */
export async function packProbe(
  folder: string,
  flavour: "embed" | "compile",
  { entry = "tests/build/fixture/probe.ts", makeCache }: {
    /** What to pack in the probe's place. */
    readonly entry?: string;
    readonly makeCache?: Contents["makeCache"];
  } = {},
): Promise<string> {
  const output = `${folder}/probe`;
  await pack(
    {
      bundle: await bundle(entry, PROBE_APART),
      ...makeCache === undefined ? {} : { makeCache },
      natives: {
        launcher: new TextEncoder().encode(PROBE_LAUNCHER),
        "bridge.so": PROBE_BRIDGE,
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

/**
 * Runs wire_dump.c: asks the C side what it makes of bytes from TypeScript, and
 * the other way round.
 *
 * @module
 */
import { compiler, sources } from "../../scripts/build/native.ts";
import { ROOT } from "../../scripts/build/paths.ts";

/** What wire_dump can be asked. */
export type Mode =
  | "layout"
  | "look"
  | "answer"
  | "failure"
  | "observation"
  | "request"
  | "plan"
  | "visible";

let compiled: Promise<string> | undefined;

/** Compiles the program once per process, and removes it at its end. */
function program(): Promise<string> {
  return compiled ??= compile();
}

async function compile(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "csc-wire-dump-" });
  globalThis.addEventListener(
    "unload",
    () => Deno.removeSync(folder, { recursive: true }),
  );
  const output = `${folder}/wire_dump`;
  const { success, stderr } = await new Deno.Command(compiler(), {
    args: [
      "-std=gnu11",
      "-D_GNU_SOURCE",
      "-O1",
      "-o",
      output,
      "tests/native/wire_dump.c",
      ...await sources("bridge.so"),
    ],
    cwd: ROOT,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return output;
}

/** What it prints on these bytes. */
export async function wireDump(
  mode: Mode,
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0),
): Promise<Uint8Array<ArrayBuffer>> {
  const child = new Deno.Command(await program(), {
    args: [mode],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(bytes);
  await writer.close();
  const { success, stdout } = await child.output();
  if (!success) throw new Error(`wire_dump ${mode} failed`);
  return stdout;
}

/** The same, for what it prints as JSON. */
export async function wireJson<T>(
  mode: Mode,
  bytes?: Uint8Array<ArrayBuffer>,
): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await wireDump(mode, bytes)));
}

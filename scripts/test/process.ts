/**
 * Runs a program in the checkout, its output shown while it comes and kept.
 *
 * @module
 */
import { ROOT } from "../build/paths.ts";

/** A program that has ended. */
export interface Ended {
  readonly success: boolean;
  /** stdout and stderr, in the order they came. */
  readonly output: string;
}

/** Runs `program`; what it prints goes to our stdout as well unless `quiet`. */
export async function runShown(
  program: string,
  args: readonly string[],
  options: { env?: Record<string, string>; quiet?: boolean } = {},
): Promise<Ended> {
  const child = new Deno.Command(program, {
    args: [...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", ...options.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let output = "";
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      output += decoder.decode(chunk, { stream: true });
      if (!options.quiet) await writeAll(chunk);
    }
  };
  const [status] = await Promise.all([
    child.status,
    collect(child.stdout),
    collect(child.stderr),
  ]);
  return { success: status.success, output };
}

async function writeAll(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += await Deno.stdout.write(bytes.subarray(at));
  }
}

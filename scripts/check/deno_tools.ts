/**
 * Deno's own checks: format, lint and types.
 *
 * @module
 */

/** What a tool said. */
export interface ToolReport {
  readonly passed: boolean;
  readonly text: string;
}

/** Folders with TypeScript. */
const CODE = ["src", "tests", "scripts"];

/** Each check and the arguments of deno for it. */
export const DENO_CHECKS: readonly (readonly [string, readonly string[]])[] = [
  ["format", ["fmt", "--check"]],
  ["lint", ["lint", "--quiet", ...CODE]],
  ["types", ["check", "--quiet", ...CODE]],
];

/** Runs deno, which need not be on PATH, in `root`. */
export async function denoCheck(
  root: string,
  args: readonly string[],
): Promise<ToolReport> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  const text = decoder.decode(stdout) + decoder.decode(stderr);
  return { passed: success, text: text.trimEnd() };
}

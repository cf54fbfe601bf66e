/**
 * Rule: clang-tidy finds nothing in what ships. Which checks those are, and why
 * the others are off, is in native/.clang-tidy.
 *
 * @module
 */
import { type CFiles, invokeEach, WARNINGS } from "./c_warnings.ts";
import type { Finding } from "./finding.ts";

const TOOL = "clang-tidy";
/** How a file is compiled, as far as a tool that only reads it must know. */
const COMPILED = ["-std=gnu11", "-D_GNU_SOURCE", ...WARNINGS];

/** Findings of clang-tidy; null where there is none. */
export async function checkClangTidy(files: CFiles): Promise<Finding[] | null> {
  if (!await hasClangTidy()) return null;
  // One file at a time: version 14 loses track of va_list in the second.
  return await invokeEach(
    { ...files, compiler: TOOL },
    (path) => ["--quiet", path, "--", ...COMPILED],
  );
}

async function hasClangTidy(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(TOOL, {
      args: ["--version"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

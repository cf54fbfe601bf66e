/**
 * Which commit is being built.
 *
 * @module
 */
import { ROOT } from "./paths.ts";

/**
 * The commit id, with "-dirty" when tracked files differ from it, or "unknown"
 * outside a git checkout.
 */
export async function commitId(): Promise<string> {
  try {
    const { success, stdout } = await new Deno.Command("git", {
      args: [
        "describe",
        "--always",
        "--dirty",
        "--abbrev=40",
        "--exclude=*",
      ],
      cwd: ROOT,
      // Not the commit of a repository that happens to lie above the checkout.
      env: { GIT_CEILING_DIRECTORIES: parentOf(ROOT) },
      stdout: "piped",
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout).trim() : "unknown";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "unknown";
    throw error;
  }
}

function parentOf(folder: string): string {
  return folder.replace(/[^/]+\/$/, "").replace(/(.)\/$/, "$1");
}

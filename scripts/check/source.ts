/**
 * The files that the rules look at.
 *
 * @module
 */

/** One file of the checkout. */
export interface SourceFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Folders with code of ours. */
const FOLDERS = ["src", "native", "scripts", "tests"];
/** Files at the root that people read and edit. */
const ROOT_FILES = /\.(?:md|json|sh|yaml|yml)$|^Dockerfile$/;
const TEXT = /\.(?:ts|js|mjs|c|h|S|ld|sh|py|md|yaml|yml)$/;
const SKIPPED_FOLDERS = new Set(["vectors", "node_modules", "dist"]);

/** Reads every text file of ours, sorted by path. `root` ends in a slash. */
export async function readSources(root: string): Promise<SourceFile[]> {
  const paths: string[] = [];
  for await (const entry of Deno.readDir(root)) {
    const named = ROOT_FILES.test(entry.name) && entry.name !== "deno.lock";
    if (entry.isFile && named) paths.push(entry.name);
  }
  for (const folder of FOLDERS) {
    for await (const path of filesBelow(root, folder)) paths.push(path);
  }
  return await Promise.all(
    paths.sort().map(async (path) => ({
      path,
      text: await Deno.readTextFile(root + path),
    })),
  );
}

async function* filesBelow(
  root: string,
  folder: string,
): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(root + folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) {
      if (!SKIPPED_FOLDERS.has(entry.name)) yield* filesBelow(root, path);
    } else if (entry.isFile && TEXT.test(entry.name)) {
      yield path;
    }
  }
}

/** Written by a script, so that no rule on style applies. */
export function isGenerated(path: string): boolean {
  return path.startsWith("src/protocol/validators/");
}

/** TypeScript and JavaScript, which the token rules understand. */
export function isScript(path: string): boolean {
  return /\.(?:ts|js|mjs)$/.test(path);
}

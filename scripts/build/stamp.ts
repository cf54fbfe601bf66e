/**
 * Skips a build whose inputs have not changed.
 *
 * @module
 */
import { ROOT } from "./paths.ts";
import { sha256 } from "./deno_elf.ts";

/** Files and folders that go into dist/csc. */
const INPUTS = [
  "deno.json",
  "deno.lock",
  "native",
  "policies",
  "schemas",
  "scripts/build",
  "scripts/build.ts",
  "scripts/validators.ts",
  "scripts/validators_shrink.ts",
  "src",
];

/** Digest over every input file and the given further facts. */
export async function inputDigest(facts: readonly string[]): Promise<string> {
  const lines = [...facts];
  for (const input of INPUTS) {
    for (const path of await filesBelow(input)) {
      lines.push(`${path} ${await sha256(await Deno.readFile(ROOT + path))}`);
    }
  }
  return await sha256(new TextEncoder().encode(lines.join("\n")));
}

/** True when `outputs` are those that were made from the same inputs. */
export async function isUpToDate(
  stamp: string,
  digest: string,
  outputs: readonly string[],
): Promise<boolean> {
  try {
    return await Deno.readTextFile(stamp) === await stampText(digest, outputs);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Remembers, in the file `stamp`, that `outputs` were made from these inputs. */
export async function writeStamp(
  stamp: string,
  digest: string,
  outputs: readonly string[],
): Promise<void> {
  await Deno.writeTextFile(stamp, await stampText(digest, outputs));
}

async function stampText(
  digest: string,
  outputs: readonly string[],
): Promise<string> {
  const lines = [digest];
  for (const path of outputs) {
    const { size, mtime, ino } = await Deno.stat(path);
    lines.push(`${path} ${size} ${mtime?.getTime()} ${ino}`);
  }
  return lines.join("\n") + "\n";
}

/** Paths relative to the root, sorted; empty when `path` does not exist. */
async function filesBelow(path: string): Promise<string[]> {
  let info;
  try {
    info = await Deno.stat(ROOT + path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  if (info.isFile) return path.endsWith(".md") ? [] : [path];
  const found: string[] = [];
  for await (const entry of Deno.readDir(ROOT + path)) {
    found.push(...await filesBelow(`${path}/${entry.name}`));
  }
  return found.sort();
}

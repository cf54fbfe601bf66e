/**
 * The two programs of an attack test: the attacker, compiled here, and csc as
 * it was built. Both are placed where every caller can execute them.
 *
 * @module
 */
import type { Caller } from "./callers.ts";

const SOURCES = new URL("./attackers/", import.meta.url);
const BUILT_CSC = new URL("../../dist/csc", import.meta.url).pathname;
const FLAGS = ["-std=gnu11", "-O1", "-static", "-Wall", "-Wextra", "-Werror"];

/**
 * Compiles the attackers once per content of their sources; returns the path
 * of the static executable.
 */
export async function attackerProgram(): Promise<string> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(SOURCES)) names.push(entry.name);
  names.sort();
  const texts = await Promise.all(
    names.map((name) => Deno.readTextFile(new URL(name, SOURCES))),
  );
  const key = await digest([...FLAGS, ...names, ...texts].join("\0"));
  const target = `${cacheDirectory()}/attacker-${key}`;
  if (await exists(target)) return target;

  const fresh = `${target}.${crypto.randomUUID()}`;
  const sources = names
    .filter((name) => name.endsWith(".c"))
    .map((name) => new URL(name, SOURCES).pathname);
  const { success, stderr } = await new Deno.Command("cc", {
    args: [...FLAGS, "-o", fresh, ...sources],
  }).output();
  if (!success) {
    throw new Error(
      `compile the attackers: ${new TextDecoder().decode(stderr)}`,
    );
  }
  await Deno.rename(fresh, target);
  return target;
}

/**
 * The csc under test: `CSC_BINARY`, else dist/csc. A caller who cannot reach it
 * (a checkout below a private home) gets a copy.
 */
export async function cscProgram(caller: Caller): Promise<string> {
  const built = Deno.env.get("CSC_BINARY") ?? BUILT_CSC;
  const info = await Deno.stat(built).catch(() => {
    throw new Error(
      `run the sandbox tests: "${built}" does not exist; build it first (sh scripts/task.sh build)`,
    );
  });
  if (await canExecute(caller, built)) return built;
  const key = await digest(
    `${built}\0${info.size}\0${info.mtime?.getTime()}\0${info.ino}`,
  );
  const copy = `${cacheDirectory()}/csc-${key}`;
  if (!await exists(copy)) {
    const fresh = `${copy}.${crypto.randomUUID()}`;
    await copyProgram(built, fresh);
    await Deno.chmod(fresh, 0o755);
    await Deno.rename(fresh, copy);
  }
  return copy;
}

/** A directory that only its owner, this process's user, can fill. */
export function cacheDirectory(): string {
  const path = `${
    Deno.env.get("TMPDIR") ?? "/tmp"
  }/csc-sandbox-tests-${Deno.uid()}`;
  try {
    Deno.mkdirSync(path, { mode: 0o755 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  const info = Deno.lstatSync(path);
  const writableByOthers = ((info.mode ?? 0) & 0o022) !== 0;
  if (!info.isDirectory || info.uid !== Deno.uid() || writableByOthers) {
    throw new Error(`use "${path}" as a cache: it is not ours alone`);
  }
  return path;
}

async function canExecute(caller: Caller, path: string): Promise<boolean> {
  const [program, ...args] = [...caller.prefix, "/usr/bin/test", "-x", path];
  return (await new Deno.Command(program!, { args }).output()).success;
}

function exists(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(text),
  );
  return new Uint8Array(bytes).toHex().slice(0, 24);
}

/**
 * Copies a program that will be executed. By another process: a copy made here
 * is open for writing in whatever another test's thread forks meanwhile, and
 * executing it then fails with ETXTBSY.
 */
export async function copyProgram(from: string, to: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("cp", {
    args: ["--", from, to],
    stdout: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

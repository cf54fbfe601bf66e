/**
 * What V8 makes of csc's texts, made once at build time and carried along.
 *
 * Half of what a start of csc took was V8 compiling code that runs once. Deno
 * keeps compiled code in a data base below DENO_DIR, looked up by a text's name
 * and digest. csc must have no such folder, so the data base becomes a part of
 * the executable and the entry routine hands it to Deno (native/entry/cache.c).
 * V8 takes the code only if it is of the same version, made with the same
 * flags, of a text of the same length; otherwise it compiles, as it did before.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { ROOT } from "./paths.ts";

/**
 * The texts whose code is carried: what runs before every command, and what
 * reads configurations and policies. The executable copies all of it at each
 * start, so it must be worth it; other verbs compile what they need.
 */
export const CACHED: readonly string[] = [
  "loader",
  "csc",
  "src/approvals/check",
  "src/cli/check",
  "src/cli/exec",
  "src/cli/verify_receipt",
  "src/cli/version",
  "src/compose_run",
  "src/config/find",
  "src/config/locks",
  "src/config/parse",
  "src/core/json_strict",
  "src/execute/native_digest",
  "src/protocol/approval",
  "src/protocol/policy_file",
  "src/sign/noble_verify",
];

/** The folder in which Deno looks for its data base; nobody can make it. */
export const CACHE_FOLDER = "/proc/csc-has-no-cache";

/** The file in it; Deno's name for it. */
export const CACHE_FILE = "v8_code_cache_v2";

/**
 * Deno's words for how its data bases keep a journal, and the same without one:
 * a sealed file takes none, and there is no place beside it.
 */
export const JOURNAL = [
  "WAL\x14PRAGMA journal_mode=",
  "OFF\x14PRAGMA journal_mode=",
] as const;

/** What the loader calls a text when it has it evaluated. */
export function textName(name: string): string {
  return `csc:${name}`;
}

/** How the runtime is started, but for the script and its arguments. */
export interface Runtime {
  /** Path of the very Deno executable that csc is built upon. */
  readonly deno: string;
  /** Its arguments, `run` included; the same flags of V8 as csc's. */
  readonly args: readonly string[];
}

/**
 * Makes the data base with the code of those texts, by name, that are to be
 * cached and that there are; `scratch` is an empty folder. The same texts and
 * runtime give the same bytes.
 */
export async function codeCache(
  all: ReadonlyMap<string, string>,
  { deno, args }: Runtime,
  scratch: string,
  cached: readonly string[] = CACHED,
): Promise<Uint8Array<ArrayBuffer>> {
  const texts = [...all].filter(([name]) => cached.includes(name));
  await Deno.writeTextFile(`${scratch}/texts.json`, JSON.stringify(texts));
  const { success, stderr } = await new Deno.Command(deno, {
    args: [
      ...args,
      `${ROOT}scripts/build/warm_up.js`,
      `${scratch}/texts.json`,
    ],
    clearEnv: true,
    env: { DENO_DIR: `${scratch}/deno`, DENO_NO_UPDATE_CHECK: "1" },
    cwd: scratch,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new Error(
      `make the code cache: ${new TextDecoder().decode(stderr)}`,
    );
  }
  return await written(
    `${scratch}/deno/${CACHE_FILE}`,
    `${scratch}/${CACHE_FILE}`,
    texts.map(([name]) => textName(name)),
  );
}

/** The same rows in a file that depends on them alone. */
async function written(
  from: string,
  to: string,
  names: readonly string[],
): Promise<Uint8Array<ArrayBuffer>> {
  const source = new DatabaseSync(from);
  const target = new DatabaseSync(to);
  try {
    // Large pages: a text's code is one row, and a page is one read.
    target.exec("PRAGMA page_size=16384; PRAGMA journal_mode=MEMORY");
    const tables = source.prepare(
      "SELECT sql FROM sqlite_master WHERE type='table' ORDER BY name",
    ).all();
    for (const { sql } of tables) target.exec(String(sql));
    const versions = source.prepare("SELECT key, value FROM info").all();
    for (const { key, value } of versions) {
      target.prepare("INSERT INTO info VALUES (?, ?)").run(key!, value!);
    }
    const find = source.prepare(
      "SELECT type, source_hash, data FROM codecache WHERE specifier=? AND type=0",
    );
    find.setReadBigInts(true);
    const insert = target.prepare("INSERT INTO codecache VALUES (?, ?, ?, ?)");
    for (const name of names) {
      const row = find.get(name);
      if (!row) throw new Error(`make the code cache: none came of "${name}"`);
      insert.run(name, row.type!, row.source_hash!, row.data!);
    }
    // Deno would do it at each start, and cannot in a sealed file.
    target.exec("PRAGMA optimize=0x10002; ANALYZE");
  } finally {
    source.close();
    target.close();
  }
  return await Deno.readFile(to);
}

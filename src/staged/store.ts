/**
 * Staged runs, as they lie in the state directory: `staged/ID` with what was
 * staged (staged.json), the list of changes (changes.jsonl) and the layers.
 *
 * @module
 */
import { fromUtf8Strict, utf8 } from "../core/bytes.ts";
import { CscError } from "../core/errors.ts";
import { isJsonObject, type JsonObject, parseJson } from "../core/json.ts";
import { quote } from "../core/text.ts";
import type { Change } from "../execute/changes.ts";
import {
  type HeldDirectory,
  openDirectory,
} from "../execute/held_directory.ts";
import {
  CHANGES_FILE,
  changesOf,
  changesText,
  rootOf,
  STAGED_FILE,
  STAGED_VERSION,
} from "../execute/staging.ts";
import { protectedIn } from "./protected.ts";
import { cleanTree } from "../execute/native_staged.ts";

const MAX_BYTES = 1024 * 1024 * 1024;
const EXECUTION_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** One scope of a staged run. */
export interface StoredScope {
  /** On the host, as it was resolved. */
  readonly real: string;
  readonly directory: boolean;
  readonly layers: string;
  /** What paths of its changes are seen from. */
  readonly root: string;
}

/** A staged run, held open. */
export interface StagedRun {
  readonly id: string;
  readonly directory: HeldDirectory;
  /** Path of its directory, and of the one that holds it. */
  readonly path: string;
  readonly parent: string;
  readonly sinceNs: bigint;
  readonly scopes: readonly StoredScope[];
  /** Below the root of each scope: stays as it is unless a scope names it. */
  readonly protectedPaths: readonly string[];
  /** The list as it was when the run ended; null: it never did. */
  readonly listed: string | null;
}

/** Ids of all staged runs, the oldest first. */
export function stagedIds(state: string): string[] {
  try {
    return [...Deno.readDirSync(`${state}/staged`)]
      .map(({ name }) => name)
      .filter((name) => EXECUTION_ID.test(name))
      .sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Opens one. Throws INPUT_UNREADABLE for an id that stands for none. */
export function openStaged(state: string, id: string): StagedRun {
  if (!EXECUTION_ID.test(id) || !stagedIds(state).includes(id)) {
    throw new CscError(
      "INPUT_UNREADABLE",
      `find the staged run ${quote(id)}: there is none in ${
        quote(`${state}/staged`, 400)
      }`,
      { hint: '"csc staged" lists them; an applied or discarded one is gone.' },
    );
  }
  const parent = `${state}/staged`;
  const path = `${parent}/${id}`;
  const directory = openDirectory(path);
  const written = directory.read(STAGED_FILE, MAX_BYTES);
  if (written === null) {
    // Killed before anything could be staged.
    return {
      id,
      directory,
      path,
      parent,
      sinceNs: 0n,
      scopes: [],
      protectedPaths: [],
      listed: null,
    };
  }
  const source = `${path}/${STAGED_FILE}`;
  const value = parseJson(written, {
    source,
    what: "staged run",
    maxBytes: MAX_BYTES,
    numbers: "plain-integer",
  });
  if (
    !isJsonObject(value) || value["staged_version"] !== STAGED_VERSION ||
    !Array.isArray(value["scopes"]) ||
    !Array.isArray(value["protected_paths"]) ||
    typeof value["since_ns"] !== "string"
  ) throw unknown(source);
  const listed = directory.read(CHANGES_FILE, MAX_BYTES);
  return {
    id,
    directory,
    path,
    parent,
    sinceNs: BigInt(value["since_ns"]),
    scopes: value["scopes"].map((scope, index) => {
      if (!isJsonObject(scope) || typeof scope["path"] !== "string") {
        throw unknown(source);
      }
      const place = {
        real: scope["path"],
        directory: scope["directory"] === true,
        layers: `${path}/${index}`,
      };
      return { ...place, root: rootOf(place) };
    }),
    protectedPaths: value["protected_paths"].map(String),
    listed: listed === null ? null : fromUtf8Strict(listed),
  };
}

function unknown(source: string): CscError {
  return new CscError(
    "VERSION_UNKNOWN",
    `read ${
      quote(source, 400)
    }: it is no description of a staged run that this csc knows`,
    { hint: "Use the csc that has staged it." },
  );
}

/** What the layers hold now, scope by scope, against what the host has now. */
export async function currentChanges(run: StagedRun): Promise<Change[][]> {
  const lists: Change[][] = [];
  for (const scope of run.scopes) {
    lists.push(await changesOf(scope, run.sinceNs));
  }
  return lists;
}

/** Why a path cannot be applied. */
export interface Conflict {
  /** Absolute, as text for people. */
  readonly path: string;
  readonly because: "host" | "staged" | "type" | "protected";
}

/**
 * Where host or layers are not as they were when the run ended, or the host not
 * as it was when it began.
 */
export function conflictsOf(
  run: StagedRun,
  lists: readonly (readonly Change[])[],
): Conflict[] {
  const before = keyed(run, run.listed ?? "");
  const now = keyed(run, changesText(lists));
  const conflicts: Conflict[] = [];
  const kept = protectedIn(run);
  for (const path of new Set([...before.keys(), ...now.keys()])) {
    const [old, current] = [before.get(path), now.get(path)];
    if (old === undefined || current === undefined) {
      conflicts.push({ path, because: "host" });
    } else if (old["hostMoved"] === true || differ(old, current, "base")) {
      conflicts.push({ path, because: "host" });
    } else if (CONTENT.some((member) => differ(old, current, member))) {
      conflicts.push({ path, because: "staged" });
    } else if (["socket", "device"].includes(String(current["type"]))) {
      conflicts.push({ path, because: "type" });
    } else if (kept(path, current)) {
      conflicts.push({ path, because: "protected" });
    }
  }
  return conflicts;
}

const CONTENT = [
  "change",
  "type",
  "mode",
  "size",
  "sha256",
  "target",
  "replaced",
  "xattrs",
];

function differ(a: JsonObject, b: JsonObject, member: string): boolean {
  return JSON.stringify(a[member]) !== JSON.stringify(b[member]);
}

function keyed(run: StagedRun, text: string): Map<string, JsonObject> {
  const map = new Map<string, JsonObject>();
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const value = parseJson(utf8(line), {
      source: `${run.path}/${CHANGES_FILE}`,
      what: "staged change",
      maxBytes: MAX_BYTES,
      numbers: "plain-integer",
    });
    if (!isJsonObject(value)) continue;
    const root = run.scopes[Number(value["scope"])]?.root ?? "";
    const name = value["path"];
    const text = typeof name === "string" ? name : JSON.stringify(name);
    map.set(`${root === "/" ? "" : root}/${text}`, value);
  }
  return map;
}

/** Takes a staged run away, whatever modes are in it. */
export async function removeStaged(run: StagedRun): Promise<void> {
  run.directory.close();
  await cleanTree(run.parent, "", run.id);
}

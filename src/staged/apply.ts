/**
 * Applying a staged run to the host, so that a csc that is killed leaves either
 * nothing, or something that the next call completes:
 *
 * 1. check: nothing has changed on the host since the run began;
 * 2. prepare: every file is copied beside its place, under a name of csc's own.
 *    All that can fail for want of room or rights fails here, and is undone;
 * 3. check again; then the journal says "committing", durably;
 * 4. commit: each copy takes its place by one rename, what is deleted goes by
 *    one rename. Every step may be repeated, and after a kill is.
 *
 * @module
 */
import { fromBase64Strict, toBase64, utf8 } from "../core/bytes.ts";
import { canonicalText } from "../core/canonical.ts";
import { CscError } from "../core/errors.ts";
import { isJsonObject, type JsonObject, parseJson } from "../core/json.ts";
import { quote } from "../core/text.ts";
import type { Change } from "../execute/changes.ts";
import {
  adjustDirectory,
  cleanTree,
  copyTree,
  placeTree,
  removeTree,
  syncTree,
} from "../execute/native_staged.ts";
import {
  conflictsOf,
  currentChanges,
  removeStaged,
  type StagedRun,
} from "./store.ts";

const JOURNAL = "apply.json";
const JOURNAL_VERSION = "csc.apply.v0.1";
const MAX_JOURNAL_BYTES = 1024 * 1024 * 1024;

/** One step of applying. */
interface Step {
  readonly op: "place" | "remove" | "adjust";
  /** Index of the scope. */
  readonly scope: number;
  /** Of the directory that it happens in, below the scope's root. */
  readonly directory: Uint8Array;
  readonly name: Uint8Array;
  /** Name of csc's own in that directory. */
  readonly temporary: string;
  /** Inode of the prepared copy; "" before there is one. */
  ino: string;
}

interface Journal {
  readonly phase: "preparing" | "committing";
  readonly steps: readonly Step[];
}

/** How far an earlier call came; null: there was none. */
export function journalPhase(run: StagedRun): Journal["phase"] | null {
  return readJournal(run)?.phase ?? null;
}

/**
 * Applies a run, or completes what a killed call has begun, and takes its
 * layers away. The number of steps. Throws STATE_UNAVAILABLE, with the host as
 * it was unless the message says otherwise.
 */
export async function applyStaged(run: StagedRun): Promise<number> {
  const lock = Deno.openSync(`${run.path}/lock`, {
    create: true,
    write: true,
    mode: 0o600,
  });
  try {
    lock.lockSync(true);
    const found = readJournal(run);
    if (found?.phase === "preparing") await undo(run, found.steps);
    const steps = found?.phase === "committing"
      ? found.steps
      : await prepare(run);
    await commit(run, steps);
    await removeStaged(run);
    return steps.length;
  } finally {
    lock.close();
  }
}

/** Undoes what a killed call has prepared; false where it has begun to commit. */
export async function undoPrepared(run: StagedRun): Promise<boolean> {
  const found = readJournal(run);
  if (found?.phase === "committing") return false;
  if (found !== null) await undo(run, found.steps);
  return true;
}

async function prepare(run: StagedRun): Promise<readonly Step[]> {
  const lists = await currentChanges(run);
  refuseConflicts(run, lists);
  const steps = stepsOf(run, lists);
  writeJournal(run, { phase: "preparing", steps });
  try {
    for (const step of steps) {
      if (step.op !== "place") continue;
      const { root, layers } = scopeOf(run, step);
      const path = joined(step.directory, step.name);
      const ino = await copyTree(
        `${layers}/upper`,
        path,
        root,
        step.directory,
        step.temporary,
      );
      step.ino = `${ino}`;
    }
    // Once for all of them: a file at a time takes ten times as long.
    await sync(run);
    refuseConflicts(run, await currentChanges(run));
  } catch (error) {
    await undo(run, steps);
    throw error;
  }
  writeJournal(run, { phase: "committing", steps });
  return steps;
}

async function sync(run: StagedRun): Promise<void> {
  for (const { root } of run.scopes) await syncTree(root);
}

/** Takes prepared copies away again. */
async function undo(run: StagedRun, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if (step.op !== "place") continue;
    const { root } = scopeOf(run, step);
    await cleanTree(root, step.directory, step.temporary);
  }
  Deno.removeSync(`${run.path}/${JOURNAL}`);
}

async function commit(run: StagedRun, steps: readonly Step[]): Promise<void> {
  try {
    for (const step of steps) {
      const { root, layers } = scopeOf(run, step);
      const { directory, name, temporary } = step;
      if (step.op === "place") {
        await placeTree(root, directory, name, temporary, BigInt(step.ino));
      } else if (step.op === "remove") {
        await removeTree(root, directory, name, temporary);
      } else {
        await adjustDirectory(root, joined(directory, name), `${layers}/upper`);
      }
    }
    await sync(run);
  } catch (cause) {
    throw new CscError(
      "STATE_UNAVAILABLE",
      `apply the staged run ${quote(run.id)}: it is applied in part; ${
        cause instanceof Error ? cause.message : cause
      }`,
      {
        hint: `Remove the cause, then "csc apply ${run.id}" completes it.`,
        cause,
      },
    );
  }
}

/**
 * The steps: a new or replaced directory goes as a whole. Modes of directories
 * come last, since they may forbid what is still to be done there.
 */
function stepsOf(
  run: StagedRun,
  lists: readonly (readonly Change[])[],
): Step[] {
  const steps: Step[] = [];
  const last: Step[] = [];
  for (const [scope, changes] of lists.entries()) {
    let covered: Uint8Array | null = null;
    for (const change of changes) {
      if (covered !== null && isBelow(change.path, covered)) continue;
      const slash = change.path.lastIndexOf(0x2f);
      const step = (op: Step["op"]): Step => ({
        op,
        scope,
        directory: change.path.slice(0, Math.max(0, slash)),
        name: change.path.slice(slash + 1),
        temporary: `.csc-apply-${run.id.slice(-12)}-${scope}-${
          steps.length + last.length
        }`,
        ino: "",
      });
      if (change.change === "deleted") steps.push(step("remove"));
      else if (
        change.type === "directory" && change.change === "changed" &&
        !change.replaced
      ) last.unshift(step("adjust"));
      else {
        steps.push(step("place"));
        if (change.type === "directory") covered = change.path;
      }
    }
  }
  return [...steps, ...last];
}

function isBelow(path: Uint8Array, directory: Uint8Array): boolean {
  return path.length > directory.length && path[directory.length] === 0x2f &&
    directory.every((byte, index) => path[index] === byte);
}

function joined(directory: Uint8Array, name: Uint8Array): Uint8Array {
  if (directory.length === 0) return name;
  const all = new Uint8Array(directory.length + 1 + name.length);
  all.set(directory);
  all[directory.length] = 0x2f;
  all.set(name, directory.length + 1);
  return all;
}

function scopeOf(run: StagedRun, step: Step) {
  const scope = run.scopes[step.scope];
  if (scope !== undefined) return scope;
  throw broken(run);
}

const REASONS = {
  host: "the host's changed since the run began",
  staged: "what is staged is not what the run's list says",
  type: "it is neither a file, a directory, a link nor a named pipe",
  protected:
    "it is among protected_paths, and no write scope of the contract names it",
} as const;
const MAX_NAMED = 10;

/** Throws for a run that has not ended, and for whatever cannot be applied as listed. */
function refuseConflicts(
  run: StagedRun,
  lists: readonly (readonly Change[])[],
): void {
  if (run.listed === null) {
    throw new CscError(
      "STATE_UNAVAILABLE",
      `apply the staged run ${quote(run.id)}: it has not ended, or was killed`,
      {
        hint: `"csc discard ${run.id}" takes away what a killed run has left.`,
      },
    );
  }
  const conflicts = conflictsOf(run, lists);
  if (conflicts.length === 0) return;
  const named = conflicts.slice(0, MAX_NAMED).map(({ path, because }) =>
    `${quote(path, 400)}: ${REASONS[because]}`
  );
  const more = conflicts.length - named.length;
  throw new CscError(
    "STATE_UNAVAILABLE",
    `apply the staged run ${quote(run.id)}: ${named.join("; ")}${
      more > 0 ? `; and ${more} more` : ""
    }`,
    {
      hint:
        `Nothing was applied. Look with "csc diff ${run.id}", then discard it and run again.`,
    },
  );
}

function writeJournal(run: StagedRun, { phase, steps }: Journal): void {
  const text = canonicalText({
    journal_version: JOURNAL_VERSION,
    phase,
    steps: steps.map(({ directory, name, ...rest }) => ({
      ...rest,
      directory: toBase64(directory),
      name: toBase64(name),
    })),
  });
  run.directory.replace(JOURNAL, utf8(`${text}\n`), 0o600);
}

function readJournal(run: StagedRun): Journal | null {
  const bytes = run.directory.read(JOURNAL, MAX_JOURNAL_BYTES);
  if (bytes === null) return null;
  const value = parseJson(bytes, {
    source: `${run.path}/${JOURNAL}`,
    what: "journal",
    maxBytes: MAX_JOURNAL_BYTES,
    numbers: "plain-integer",
  });
  if (
    !isJsonObject(value) || value["journal_version"] !== JOURNAL_VERSION ||
    !Array.isArray(value["steps"])
  ) throw broken(run);
  const { phase } = value;
  if (phase !== "preparing" && phase !== "committing") throw broken(run);
  return { phase, steps: value["steps"].map((step) => readStep(run, step)) };
}

function readStep(run: StagedRun, value: unknown): Step {
  const step = value as JsonObject;
  const { op, scope, temporary, ino } = step;
  const directory = fromBase64Strict(String(step["directory"]));
  const name = fromBase64Strict(String(step["name"]));
  if (
    (op !== "place" && op !== "remove" && op !== "adjust") ||
    typeof scope !== "number" || typeof temporary !== "string" ||
    typeof ino !== "string" || directory === null || name === null
  ) throw broken(run);
  return { op, scope, temporary, ino, directory, name };
}

function broken(run: StagedRun): CscError {
  return new CscError(
    "STATE_UNAVAILABLE",
    `read the journal of the staged run ${
      quote(run.id)
    }: it is none that this csc has written`,
    { hint: `Look at ${quote(`${run.path}/${JOURNAL}`, 400)}.` },
  );
}

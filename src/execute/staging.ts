/**
 * The staging of one run: the places that its changes go to, what came of them,
 * and the bound on their size. Loaded by staged runs only.
 *
 * @module
 */
import { fromUtf8Strict, utf8 } from "../core/bytes.ts";
import { canonicalText } from "../core/canonical.ts";
import { sha256Hex } from "../core/digest.ts";
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import type { Ids, Plan } from "../plan/plan.ts";
import {
  nameOf,
  parentOf,
  type StagedCommand,
  type StagedPlace,
  stagedScopes,
  stagePlan,
} from "../plan/staging.ts";
import {
  absolutePath,
  type Change,
  changeJson,
  decodeChanges,
  fullChangeJson,
} from "./changes.ts";
import type { Artifact, RunEffects, StartedCommand } from "./executor.ts";
import type { HeldDirectory } from "./held_directory.ts";
import { lookAt } from "./look.ts";
import { closeDescriptor, makeGate, openGate } from "./native.ts";
import {
  cleanTree,
  copyTree,
  measureTree,
  waitForGate,
  walkUpper,
} from "./native_staged.ts";

/** Version of the document that stands beside the layers. */
export const STAGED_VERSION = "csc.staged.v0.1";
/** Its name. */
export const STAGED_FILE = "staged.json";
/** The full list of changes, one JSON object a line. */
export const CHANGES_FILE = "changes.jsonl";

/** How often the size of the layers is taken while a command runs. */
const MEASURE_MS = 100;
/** Most changes that evidence and receipt repeat one by one. */
const MAX_TOLD = 10_000;

/** What staging a run takes. */
export interface StagingOptions {
  /** The run's own directory, held open; made by the caller. */
  readonly directory: HeldDirectory;
  readonly executionId: string;
  /** Most that the layers may take, bytes. */
  readonly maxBytes: number;
  /** Of the sandbox profile: what may not be applied unless it was asked for. */
  readonly protectedPaths: readonly string[];
}

/** A run's staging. */
export interface Staging {
  /** The plan of command number `index`, with its scopes staged. */
  stage(plan: Plan, index: number): Plan;
  /** Ends the command once its changes take more than they may. */
  bound(started: StartedCommand): StartedCommand;
  /** What the run has changed; to be asked once, when nothing runs any more. */
  effects(): Promise<RunEffects>;
}

/** Makes the places of all write scopes. Throws what must block the run. */
export async function openStaging(
  { directory, executionId, maxBytes, protectedPaths }: StagingOptions,
  commands: readonly StagedCommand[],
): Promise<Staging> {
  const scopes = stagedScopes(commands);
  const root = directory.place();
  // The kernel's clock for files has ticks: a change in this very one counts as
  // one after it.
  const sinceNs = (await measureTree(root)).changedNs - 1n;
  const places: StagedPlace[] = [];
  for (const [index, scope] of scopes.entries()) {
    const place = { ...scope, layers: `${root}/${index}` };
    await makePlace(place, commands.length);
    places.push(place);
  }
  // A power cut may take these along with what is staged: then nothing applies.
  directory.put(
    STAGED_FILE,
    utf8(`${
      canonicalText({
        staged_version: STAGED_VERSION,
        execution_id: executionId,
        since_ns: `${sinceNs}`,
        protected_paths: protectedPaths,
        scopes: places.map(({ real, directory }) => ({
          path: real,
          directory,
        })),
      })
    }\n`),
    0o600,
  );
  const quota = new Quota(places, maxBytes);
  return {
    stage: (plan, index) =>
      stagePlan(plan, {
        places,
        work: index,
        ownerOf: (program, place) =>
          ownerOfProgram(plan.commandId, program, index > 0, place),
      }),
    bound: (started) => quota.bound(started),
    effects: () => effects({ directory, places, sinceNs, quota }),
  };
}

/**
 * The owner of a program that lies in a staged scope. Programs are looked for
 * on the host; one that an earlier command has staged in its place would not be
 * the one that runs, and is refused.
 */
function ownerOfProgram(
  id: string,
  program: string,
  later: boolean,
  { real, directory, layers }: StagedPlace,
): Ids {
  const there = lookAt(program);
  const names = directory ? program.slice(real.length + 1).split("/") : [];
  const touched = later && (!directory || names.some((name, index) => {
    const at = [`${layers}/upper`, ...names.slice(0, index), name].join("/");
    const { kind, ...seen } = lookAt(at);
    if (kind === "unseen") return !("errno" in seen) || seen.errno !== ENOENT;
    return kind !== "directory";
  }));
  if (there.kind !== "unseen" && !touched) return there;
  throw new CscError(
    "NOT_ENFORCEABLE",
    `command ${quote(id)}: start ${quote(program, 400)}: ${
      there.kind === "unseen"
        ? "it is not what it was when the run was planned"
        : "an earlier command of this staged run may have changed it, and only the host's can be started"
    }`,
    {
      hint: "Apply the earlier command's changes first, in a run of its own, " +
        "or run without --staged.",
    },
  );
}

const ENOENT = 2;

/** The layers of one scope, which belong to whom the scope belongs. */
async function makePlace(place: StagedPlace, commands: number): Promise<void> {
  const { layers, real, directory, owner } = place;
  const made = [layers, `${layers}/upper`];
  Deno.mkdirSync(layers, { mode: 0o700 });
  Deno.mkdirSync(`${layers}/upper`, { mode: 0o700 });
  for (let work = 0; directory && work < commands; work++) {
    made.push(`${layers}/work${work}`);
    Deno.mkdirSync(`${layers}/work${work}`, { mode: 0o700 });
  }
  if (Deno.uid() === 0) {
    for (const path of made) Deno.chownSync(path, owner.uid, owner.gid);
  }
  if (directory) {
    // The scope itself shows the mode of the layer on top.
    Deno.chmodSync(
      `${layers}/upper`,
      (Deno.lstatSync(real).mode ?? 0) & 0o1777,
    );
  } else {
    const name = nameOf(real);
    await copyTree(parentOf(real), name, `${layers}/upper`, "", name);
  }
}

/**
 * The bound on all layers of a run together. Nothing but a quota of the file
 * system, which takes root, could hold a command at the very byte: here its
 * size is taken again and again, and the command ended once it is too much.
 */
class Quota {
  readonly #places: readonly StagedPlace[];
  readonly maxBytes: number;
  used = 0;

  constructor(places: readonly StagedPlace[], maxBytes: number) {
    this.#places = places;
    this.maxBytes = maxBytes;
  }

  async measure(): Promise<number> {
    let used = 0;
    for (const { layers } of this.#places) {
      used += (await measureTree(`${layers}/upper`)).bytes;
    }
    return this.used = used;
  }

  get exceeded(): string | null {
    return this.used <= this.maxBytes
      ? null
      : `staged files take ${this.used} bytes, more than the ${this.maxBytes} of staged_mb`;
  }

  /** Looks at the size until the gate opens. */
  async #watch(over: number, end: (why: string) => void): Promise<void> {
    while (!await waitForGate(over, MEASURE_MS)) {
      // What a command has just taken away cannot be measured.
      await this.measure().catch(() => {});
      const why = this.exceeded;
      if (why !== null) return end(why);
    }
  }

  bound(started: StartedCommand): StartedCommand {
    return {
      abandon: () => started.abandon(),
      release: async () => {
        const over = makeGate();
        const watching = this.#watch(over, (why) => started.end?.(why));
        try {
          const result = await started.release();
          await this.measure();
          const why = this.exceeded;
          return why === null || result.exitCode !== 0
            ? result
            : { ...result, exitCode: EXIT_KILLED, error: why };
        } finally {
          openGate(over, true);
          await watching.finally(() => closeDescriptor(over));
        }
      },
    };
  }
}

/** What a command killed by csc itself exits with: 128 + SIGKILL. */
const EXIT_KILLED = 137;

interface Staged {
  readonly directory: HeldDirectory;
  readonly places: readonly StagedPlace[];
  readonly sinceNs: bigint;
  readonly quota: Quota;
}

/** The changes of one place, sorted by path. */
export async function changesOf(
  place: Pick<StagedPlace, "real" | "directory" | "layers">,
  sinceNs: bigint,
): Promise<Change[]> {
  const lower = place.directory ? place.real : parentOf(place.real);
  const records = await walkUpper(`${place.layers}/upper`, lower, sinceNs);
  return decodeChanges(records);
}

/** The scope that paths of a place's changes are seen from. */
export function rootOf(place: Pick<StagedPlace, "real" | "directory">): string {
  return place.directory ? place.real : parentOf(place.real);
}

/** The list that applying is held against, as text. */
export function changesText(
  lists: readonly (readonly Change[])[],
): string {
  return lists.flatMap((changes, scope) =>
    changes.map((change) =>
      `${
        canonicalText({ scope, ...fullChangeJson(change) }, { keepNulls: true })
      }\n`
    )
  ).join("");
}

async function effects(
  { directory, places, sinceNs, quota }: Staged,
): Promise<RunEffects> {
  const lists: Change[][] = [];
  for (const place of places) lists.push(await changesOf(place, sinceNs));
  const text = changesText(lists);
  directory.put(CHANGES_FILE, utf8(text), 0o600);
  const usedBytes = quota.used;
  if (text === "") {
    // Nothing to apply, nothing to keep.
    const place = directory.place();
    await cleanTree(parentOf(place), "", nameOf(place));
  }
  directory.close();
  const all = lists.flatMap((changes, index) => {
    const root = rootOf(places[index]!);
    return changes.map((change) => ({ root, change }));
  });
  const files = all.filter(({ change }) => change.type === "file");
  const told = all.slice(0, MAX_TOLD);
  return {
    artifacts: files.slice(0, MAX_TOLD).flatMap(({ root, change }) =>
      artifactOf(root, change)
    ),
    filesWritten:
      all.filter(({ change }) =>
        change.type !== null && change.type !== "directory"
      ).length,
    evidence: {
      staged: {
        scopes: places.map(({ real }) => real),
        created: count(all, "created"),
        changed: count(all, "changed"),
        deleted: count(all, "deleted"),
        changes: told.map(({ root, change }) => changeJson(root, change)),
        omitted: all.length - told.length,
        changes_sha256: await sha256Hex(utf8(text)),
        quota: {
          bytes: quota.maxBytes,
          used_bytes: usedBytes,
          mechanism: "measured",
          interval_ms: MEASURE_MS,
        },
      },
    },
    notes: [],
    staged: all.length,
  };
}

function count(
  all: readonly { readonly change: Change }[],
  what: Change["change"],
): number {
  return all.filter(({ change }) => change.change === what).length;
}

/** Nothing where the protocol has no words for the name (§2). */
function artifactOf(root: string, change: Change): Artifact[] {
  const path = fromUtf8Strict(absolutePath(root, change.path));
  return path === null || change.sha256 === null
    ? []
    : [{ path, sha256: change.sha256 }];
}

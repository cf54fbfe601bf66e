/**
 * `csc staged`, `csc diff ID`, `csc apply ID`, `csc discard ID`: what staged
 * runs have changed, and what becomes of it.
 *
 * @module
 */
import { loadConfig } from "../config/find.ts";
import { fromUtf8Strict } from "../core/bytes.ts";
import { CscError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { quote } from "../core/text.ts";
import { type Change, changeJson } from "../execute/changes.ts";
import { openDirectory } from "../execute/held_directory.ts";
import { openStateDirectory, stateDirectoryPath } from "../log/state_dir.ts";
import { applyStaged, journalPhase, undoPrepared } from "../staged/apply.ts";
import {
  type Conflict,
  conflictsOf,
  currentChanges,
  openStaged,
  removeStaged,
  stagedIds,
  type StagedRun,
} from "../staged/store.ts";
import type { Arguments } from "./arguments.ts";
import type { Backends } from "./backends.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";

/** Lists what is staged. */
export async function staged(
  args: Arguments,
  backends: Backends,
): Promise<ExitCode> {
  const state = await stateOf(args, backends);
  const runs = state === null
    ? []
    : stagedIds(state).map((id) => openStaged(state, id));
  const { terminal } = backends;
  if (args.switches.has("--json")) {
    const list = runs.map((run): JsonObject => ({
      execution_id: run.id,
      state: stateWord(run),
      scopes: run.scopes.map(({ real }) => real),
      changes: countOf(run),
    }));
    terminal.out(`${JSON.stringify(list, null, 2)}\n`);
    return EXIT.OK;
  }
  const lines = runs.map((run) =>
    `${run.id}  ${stateWord(run)}  ${countOf(run)} changes  ${
      run.scopes.map(({ real }) => quote(real, 400)).join(" ")
    }`
  );
  terminal.out(
    lines.length === 0 ? "nothing is staged\n" : `${lines.join("\n")}\n`,
  );
  return EXIT.OK;
}

/** Lines of the list: one a change. */
function countOf(run: StagedRun): number {
  return (run.listed ?? "").split("\n").length - 1;
}

function stateWord(run: StagedRun): string {
  if (journalPhase(run) === "committing") return "half-applied";
  return run.listed === null ? "unfinished" : "staged";
}

/** Shows what a staged run has changed. */
export async function diff(
  args: Arguments,
  backends: Backends,
): Promise<ExitCode> {
  const run = await runOf(args, backends);
  const lists = await currentChanges(run);
  // What is half applied is the host's by now.
  const conflicts = run.listed === null || journalPhase(run) === "committing"
    ? []
    : conflictsOf(run, lists);
  const changes = lists.flatMap((list, index) =>
    list.map((change) => changeJson(run.scopes[index]?.root ?? "", change))
  );
  const { terminal } = backends;
  if (args.switches.has("--json")) {
    const value = {
      execution_id: run.id,
      state: stateWord(run),
      changes,
      conflicts: conflicts.map(({ path, because }) => ({ path, because })),
    };
    terminal.out(`${JSON.stringify(value, null, 2)}\n`);
    return EXIT.OK;
  }
  const flat = lists.flatMap((list, index) =>
    list.map((change) => ({ change, root: run.scopes[index]?.root ?? "" }))
  );
  const lines = [
    ...flat.map(({ root, change }) => changeLine(root, change)),
    ...conflicts.map(conflictLine),
  ];
  terminal.out(lines.length === 0 ? "no changes\n" : `${lines.join("\n")}\n`);
  return EXIT.OK;
}

const SIGNS = { created: "+", changed: "~", deleted: "-" } as const;

function changeLine(root: string, change: Change): string {
  const name = fromUtf8Strict(change.path) ??
    new TextDecoder().decode(change.path);
  const path = quote(`${root === "/" ? "" : root}/${name}`, 400);
  if (change.type === null) return `- ${path}`;
  const facts = [
    change.type,
    change.mode.toString(8).padStart(4, "0"),
    ...(change.type === "file" ? [`${change.size} bytes`] : []),
    ...(change.target === null
      ? []
      : [`to ${quote(new TextDecoder().decode(change.target), 400)}`]),
    ...(change.replaced ? ["in place of what was there"] : []),
  ];
  return `${SIGNS[change.change]} ${path} (${facts.join(", ")})`;
}

function conflictLine({ path, because }: Conflict): string {
  const why = {
    host: "the host's changed since the run began",
    staged: "the staged one is not what the run has left",
    type: "it cannot be applied: neither file, directory, link nor named pipe",
    protected:
      "it cannot be applied: it is among protected_paths, and no write scope names it",
  }[because];
  return `! ${quote(path, 400)}: ${why}`;
}

/** Makes what was staged the host's. */
export async function apply(
  args: Arguments,
  backends: Backends,
): Promise<ExitCode> {
  const run = await runOf(args, backends);
  const steps = await applyStaged(run);
  backends.terminal.out(
    args.switches.has("--json")
      ? `${JSON.stringify({ execution_id: run.id, applied: steps }, null, 2)}\n`
      : `applied: ${steps} ${steps === 1 ? "change" : "changes"}\n`,
  );
  return EXIT.OK;
}

/** Takes away what was staged. */
export async function discard(
  args: Arguments,
  backends: Backends,
): Promise<ExitCode> {
  const run = await runOf(args, backends);
  if (!await undoPrepared(run)) {
    throw new CscError(
      "STATE_UNAVAILABLE",
      `discard the staged run ${quote(run.id)}: it is applied in part`,
      { hint: `"csc apply ${run.id}" completes it.` },
    );
  }
  await removeStaged(run);
  backends.terminal.out(`discarded: ${run.id}\n`);
  return EXIT.OK;
}

async function runOf(args: Arguments, backends: Backends): Promise<StagedRun> {
  const [id = ""] = args.operands;
  const state = await stateOf(args, backends);
  if (state !== null) return openStaged(state, id);
  throw new CscError(
    "INPUT_UNREADABLE",
    `find the staged run ${quote(id)}: there is no state directory`,
    { hint: "Name it with --state-dir." },
  );
}

/** The state directory, links followed; null where there is none. */
async function stateOf(
  args: Arguments,
  { uid, env }: Backends,
): Promise<string | null> {
  const { options } = args;
  const named = options.get("--config");
  const config = await loadConfig({ named, uid: uid(), env, flags: args });
  const path = stateDirectoryPath({
    configured: options.get("--state-dir") ?? config.state_dir,
    uid: uid(),
    env,
  });
  try {
    Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  const held = openStateDirectory(path, uid(), openDirectory);
  try {
    return held.place();
  } finally {
    held.close();
  }
}

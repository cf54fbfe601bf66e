/**
 * The state directory for verbs that look at what runs have left there.
 *
 * @module
 */
import { loadConfig } from "../config/find.ts";
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import { idsMeant, runIds } from "../log/history.ts";
import { openStateDirectory, stateDirectoryPath } from "../log/state_dir.ts";
import type { Arguments } from "./arguments.ts";
import type { Backends } from "./backends.ts";

/** A state directory that may have to be made yet. */
export interface StoredState {
  /** As it was named. */
  readonly path: string;
  /** Links followed; null where there is none, and so no run. */
  readonly real: string | null;
}

/** The state directory that flags and configuration name. */
export async function storedState(
  args: Arguments,
  { uid, env }: Pick<Backends, "uid" | "env">,
): Promise<StoredState> {
  const named = args.options.get("--config");
  const config = await loadConfig({ named, uid: uid(), env, flags: args });
  const path = stateDirectoryPath({
    configured: args.options.get("--state-dir") ?? config.state_dir,
    uid: uid(),
    env,
  });
  return { path, real: isThere(path) ? trusted(path, uid()) : null };
}

/** True for an operand that names a recorded run, not a file. */
export function namesRun(word: string): boolean {
  return word === "last" || /^[0-9a-fA-F][0-9a-fA-F-]{5,35}$/.test(word);
}

/**
 * The directory of the run that a word names: `last`, an id, or the beginning
 * of one. Throws INPUT_UNREADABLE where it names none, or several.
 */
export function recordOf(word: string, { path, real }: StoredState): string {
  const ids = real === null ? [] : runIds(real);
  const [id, other] = idsMeant(word, ids);
  if (id !== undefined && other === undefined) return `${real}/runs/${id}`;
  const where = `in ${quote(path, 400)}`;
  throw new CscError(
    "INPUT_UNREADABLE",
    other !== undefined
      ? `find run ${quote(word)}: more than one ${where} begins so`
      : word === "last"
      ? `find the last run: none is recorded ${where}`
      : `find run ${quote(word)}: none ${where} begins so`,
    {
      hint: '"csc log" lists the recorded runs, "--state-dir DIR" names ' +
        `another place; a file of this name is ${quote(`./${word}`)}.`,
    },
  );
}

function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The path, links followed, of a directory that runs would use as well. */
function trusted(path: string, uid: number): string {
  const held = openStateDirectory(path, uid, (one) => ({
    info: () => Deno.statSync(one),
    place: () => Deno.realPathSync(one),
  }));
  return held.place();
}

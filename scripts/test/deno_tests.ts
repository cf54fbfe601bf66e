/**
 * The tests in TypeScript, one group for each folder of tests/.
 *
 * @module
 */
import { ROOT } from "../build/paths.ts";
import { runShown } from "./process.ts";
import { type Tally, tallyDeno } from "./tally.ts";

/** A folder of tests and how it is run. */
export interface Group {
  readonly name: string;
  /** How many files at once; more would only slow a small machine down. */
  readonly jobs: number;
  /** Its tests prove walls of the sandbox. */
  readonly security: boolean;
}

/** Folders that are run in another way than by themselves, one after another. */
const SETTINGS: Readonly<Record<string, Partial<Group>>> = {
  unit: { jobs: 2 },
  sandbox: { jobs: 2, security: true },
  // A toolchain that could not be tried is not known to work.
  toolchains: { jobs: 2, security: true },
  scopes: { jobs: 2, security: true },
  // Life and death of commands, which the walls lean on.
  execution: { jobs: 2, security: true },
};

/** Folders of tests/ that hold a Deno test, the quick ones first. */
export async function denoGroups(): Promise<Group[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(`${ROOT}tests`)) {
    if (entry.isDirectory && await holdsTest(`${ROOT}tests/${entry.name}`)) {
      names.push(entry.name);
    }
  }
  const security = (name: string) => SETTINGS[name]?.security ?? false;
  return names
    .sort((a, b) =>
      Number(security(a)) - Number(security(b)) || (a < b ? -1 : 1)
    )
    .map((name) => ({ name, jobs: 1, security: false, ...SETTINGS[name] }));
}

async function holdsTest(folder: string): Promise<boolean> {
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isFile && entry.name.endsWith("_test.ts")) return true;
    if (entry.isDirectory && await holdsTest(`${folder}/${entry.name}`)) {
      return true;
    }
  }
  return false;
}

/** What of a group is run. */
export interface Selection {
  /** Files and folders; the whole group when empty. */
  readonly paths: readonly string[];
  /** Text that a test's name must hold, or null for any. */
  readonly filter: string | null;
  /** The gate has checked the types already. */
  readonly checked: boolean;
  readonly ci: boolean;
}

/** Runs tests of a group. */
export async function runDenoTests(
  group: Group,
  { paths, filter, checked, ci }: Selection,
): Promise<Tally> {
  const args = [
    "test",
    "-A",
    "--no-prompt",
    "--quiet",
    ...(checked ? ["--no-check"] : []),
    ...(group.jobs > 1 ? ["--parallel"] : []),
    ...(filter === null ? [] : [`--filter=${filter}`, "--permit-no-files"]),
    ...(paths.length > 0 ? paths : [`tests/${group.name}`]),
  ];
  const env = { DENO_JOBS: String(group.jobs) };
  // The names of a thousand tests that passed tell nothing.
  const quiet = filter === null && paths.length === 0;
  const ended = await runShown(Deno.execPath(), args, { env, quiet });
  const strictness = { security: group.security, ci };
  const tally = tallyDeno(ended.output, ended.success, strictness);
  if (quiet) {
    const passed = ended.success && tally.failed === 0;
    const text = passed
      ? (ended.output.match(/^SKIPPED .*$/gm) ?? []).join("\n")
      : failuresOf(ended.output);
    if (text !== "") console.log(text);
  }
  return tally;
}

/** From where deno begins to explain; all of it where no test failed. */
function failuresOf(output: string): string {
  const errors = output.search(/^ ERRORS $/m);
  return errors < 0 ? output : output.slice(errors);
}

/**
 * `csc log [list]`: the latest runs of the state directory.
 *
 * @module
 */
import type { JsonObject } from "../core/json.ts";
import { nearest } from "../core/nearest.ts";
import { quote, visible } from "../core/text.ts";
import { runIds, type RunSummary, runSummary } from "../log/history.ts";
import { formatRfc3339 } from "../protocol/rfc3339.ts";
import { type Arguments, usage } from "./arguments.ts";
import type { Backends } from "./backends.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { shellWord } from "./shell_word.ts";
import { storedState } from "./stored_state.ts";

const LOG = { name: "log" };
const DEFAULT_LIMIT = 20;
/** Longest command line and name of a policy in the list, characters. */
const COMMAND_LENGTH = 60;
const POLICY_LENGTH = 30;
const HEAD = ["TIME", "STATUS", "EXIT", "EXECUTION ID", "POLICY", "COMMAND"];

/** Performs the verb. */
export async function log(
  args: Arguments,
  backends: Backends,
): Promise<ExitCode> {
  refuseUnknown(args.operands[0] ?? "list");
  const limit = limitOf(args.options.get("--limit"));
  const state = await storedState(args, backends);
  const ids = state.real === null ? [] : runIds(state.real);
  const runs = ids.slice(0, limit)
    .map((id) => runSummary(state.real ?? "", id));
  backends.terminal.out(
    args.switches.has("--json")
      ? `${
        JSON.stringify(
          { state_dir: state.path, total: ids.length, runs: runs.map(runJson) },
          null,
          2,
        )
      }\n`
      : runs.length === 0
      ? `no runs are recorded in ${quote(state.path, 400)}\n`
      : table([HEAD, ...runs.map(row)]),
  );
  return EXIT.OK;
}

function refuseUnknown(what: string): void {
  if (what === "list") return;
  const near = nearest(what, ["list"]);
  throw usage(
    LOG,
    `there is no ${quote(`log ${what}`)}` +
      (near === null ? ', only "log list"' : '; did you mean "log list"?'),
  );
}

function limitOf(asked: string | undefined): number {
  if (asked === undefined) return DEFAULT_LIMIT;
  if (/^[1-9]\d{0,5}$/.test(asked)) return Number(asked);
  throw usage(LOG, `limit ${quote(asked)} is not a number from 1 to 999999`);
}

function runJson(run: RunSummary): JsonObject {
  return {
    execution_id: run.id,
    started_at: formatRfc3339(run.startedAt),
    status: run.status,
    exit_code: run.exitCode,
    policy_profile: run.policy,
    contract_id: run.contractId,
    command_line: commandLine(run),
  };
}

function row(run: RunSummary): string[] {
  return [
    formatRfc3339(run.startedAt),
    short(run.status, POLICY_LENGTH),
    String(run.exitCode ?? "-"),
    run.id,
    short(run.policy ?? "-", POLICY_LENGTH),
    short(commandLine(run), COMMAND_LENGTH),
  ];
}

/** As one would type it: commands apart by `;`, pipelines as such. */
function commandLine({ commands }: RunSummary): string {
  return commands.map((vectors) =>
    vectors.map((argv) => argv.map(shellWord).join(" ")).join(" | ")
  ).join("; ");
}

/** What a stranger wrote, on one line and without what cannot be seen. */
function short(text: string, length: number): string {
  const shown = [...visible(text)];
  return shown.length <= length
    ? shown.join("")
    : `${shown.slice(0, length - 1).join("")}…`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0))
  );
  return rows.map((cells) =>
    `${
      cells.map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ").trimEnd()
    }\n`
  ).join("");
}

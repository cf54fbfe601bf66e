/**
 * Looking back: which runs a state directory has records of, and what each
 * came to. Reads only; what cannot be read is said to be damaged, because one
 * torn record must not hide all others.
 *
 * @module
 */
import { isJsonObject, type JsonValue, parseJson } from "../core/json.ts";
import { MAX_RECEIPT_BYTES } from "../protocol/limits.ts";
import { namesIn, startedAtOf } from "./retention.ts";

/** What is told of a run in a list. Its texts are what a stranger wrote. */
export interface RunSummary {
  readonly id: string;
  /** Milliseconds since the Unix epoch, from the id. */
  readonly startedAt: number;
  /** As the receipt has it; `unfinished` without one, `damaged` if unreadable. */
  readonly status: string;
  readonly exitCode: number | null;
  readonly policy: string | null;
  readonly contractId: string | null;
  /** For each command its argument vectors: one, or those of a pipeline. */
  readonly commands: readonly (readonly (readonly string[])[])[];
}

/** Ids of all recorded runs, the newest first. Throws STATE_UNAVAILABLE. */
export function runIds(state: string): string[] {
  return namesIn(`${state}/runs`).filter((id) => startedAtOf(id) !== null)
    // The time comes first in an id.
    .sort((a, b) => (a < b ? 1 : -1));
}

/** The ids that a word stands for: `last`, or the beginning of some. Pure. */
export function idsMeant(word: string, ids: readonly string[]): string[] {
  if (word === "last") return ids.slice(0, 1);
  return ids.filter((id) => id.startsWith(word.toLowerCase()));
}

/** What the record of a run says. */
export function runSummary(state: string, id: string): RunSummary {
  const own = `${state}/runs/${id}`;
  const receipt = documentAt(`${own}/receipt.json`);
  const decision = documentAt(`${own}/decision.json`);
  const contract = documentAt(`${own}/contract.json`);
  const exitCode = member(receipt, "exit_code");
  return {
    id,
    startedAt: startedAtOf(id) ?? 0,
    status: receipt === undefined
      ? "unfinished"
      : textOf(member(receipt, "status")) ?? "damaged",
    exitCode: typeof exitCode === "number" ? exitCode : null,
    policy: textOf(member(receipt, "policy_profile")) ??
      textOf(member(decision, "policy_profile")),
    contractId: textOf(member(receipt, "contract_id")) ??
      textOf(member(contract, "contract_id")),
    commands: listOf(member(contract, "commands")).map(vectorsOf),
  };
}

function vectorsOf(command: JsonValue): string[][] {
  const segments = member(member(command, "pipeline"), "segments");
  const parts = segments === undefined
    ? [member(command, "exec") ?? null]
    : listOf(segments);
  return parts.map((part) =>
    listOf(member(part, "argv")).map((word) => textOf(word) ?? "")
  );
}

/** Undefined where there is no such file, null where it cannot be read. */
function documentAt(path: string): JsonValue | undefined {
  try {
    return parseJson(Deno.readFileSync(path), {
      source: path,
      what: "record",
      maxBytes: MAX_RECEIPT_BYTES,
      numbers: "plain-integer",
    });
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? undefined : null;
  }
}

function member(
  value: JsonValue | undefined,
  name: string,
): JsonValue | undefined {
  return value !== undefined && isJsonObject(value) ? value[name] : undefined;
}

function textOf(value: JsonValue | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

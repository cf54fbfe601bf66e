/**
 * The story of a run, from its receipt and its evidence, for a person.
 *
 * Both may have been written by anybody: every value is quoted, members of
 * another kind than expected count as absent.
 *
 * @module
 */
import { isJsonObject, type JsonValue, parseJson } from "../core/json.ts";
import { utf8 } from "../core/bytes.ts";
import { quote } from "../core/text.ts";
import { MAX_RECEIPT_BYTES } from "../protocol/limits.ts";
import type { Receipt } from "../protocol/receipt.ts";
import { at, itemsAt, numberAt, textAt, textsAt } from "./json_parts.ts";
import { planLines, size } from "./plan_text.ts";
import { signalWord } from "./signal_word.ts";

/** What is known about a run. */
export interface Told {
  /** Null where only the evidence was given. */
  readonly receipt: JsonValue | null;
  readonly evidence: JsonValue | null;
}

/** The story of a run that this csc has just made; ends in a newline. */
export function story(receipt: Receipt, evidenceText: string): string {
  const evidence = parseJson(utf8(evidenceText), {
    source: "evidence",
    what: "evidence",
    maxBytes: MAX_RECEIPT_BYTES * 2,
    numbers: "plain-integer",
  });
  const told = { receipt: receipt as unknown as JsonValue, evidence };
  return `${storyLines(told).join("\n")}\n`;
}

/** The story, a line each. */
export function storyLines({ receipt, evidence }: Told): string[] {
  return [
    ...headLines(receipt, evidence),
    ...decisionLines(evidence),
    ...approvalLines(evidence),
    ...confinementLines(receipt, evidence),
    ...itemsAt(evidence, "commands").flatMap(commandLines),
    ...endLines(receipt),
  ];
}

function shown(value: string | null): string {
  return value === null ? "(not said)" : quote(value, 400);
}

function headLines(receipt: JsonValue, evidence: JsonValue): string[] {
  const id = textAt(receipt, "execution_id") ??
    textAt(evidence, "execution_id");
  const from = textAt(receipt, "started_at") ??
    textAt(evidence, "started_at");
  const to = textAt(receipt, "ended_at") ?? textAt(evidence, "ended_at");
  const lines = [`run ${shown(id)}, ${shown(from)} to ${shown(to)}`];
  if (receipt !== null) {
    lines.push(
      `contract: ${shown(textAt(receipt, "contract_id"))} sha256 ` +
        digest(textAt(receipt, "contract_sha256")),
      `policy: ${shown(textAt(receipt, "policy_profile"))} sha256 ` +
        digest(textAt(receipt, "policy_sha256")),
    );
  } else {
    lines.push(
      `contract: sha256 ${digest(textAt(evidence, "contract_sha256"))}`,
      `policy: sha256 ${digest(textAt(evidence, "policy_sha256"))}`,
    );
  }
  return lines;
}

/** A digest as it is; anything else quoted. */
function digest(text: string | null): string {
  return text !== null && /^[0-9a-fA-F]{64}$/.test(text) ? text : shown(text);
}

function decisionLines(evidence: JsonValue): string[] {
  const decision = at(evidence, "decision");
  if (!isJsonObject(decision)) return [];
  const codes = textsAt(decision, "reason_codes").map((code) =>
    /^[A-Z_]+$/.test(code) ? code : quote(code)
  );
  return [
    `decision: ${word(textAt(decision, "decision"))} (${codes.join(", ")})`,
    ...textsAt(decision, "reasons").map((reason) =>
      `reason: ${quote(reason, 400)}`
    ),
  ];
}

/** A word of the protocol as it is; anything else quoted. */
function word(text: string | null): string {
  return text !== null && /^[a-z_]+$/.test(text) ? text : shown(text);
}

function approvalLines(evidence: JsonValue): string[] {
  const artifact = at(evidence, "approval", "artifact");
  if (!isJsonObject(artifact)) return [];
  const consumed = at(evidence, "approval", "consumed") === true;
  const checked = at(evidence, "approval", "authenticated") === true;
  return [
    `approval: ${shown(textAt(artifact, "approval_id"))} by ` +
    `${shown(textAt(artifact, "approver", "identity"))}, ` +
    `${word(textAt(artifact, "scope"))}` +
    (consumed ? ", used up by this run" : "") +
    (checked ? "" : "; nobody checked who wrote it"),
  ];
}

function confinementLines(receipt: JsonValue, evidence: JsonValue): string[] {
  const mode = textAt(receipt, "execution_mode") ?? textAt(evidence, "mode");
  const profile = textAt(evidence, "sandbox_profile", "name");
  const lines = [
    `mode: ${word(mode)}` +
    (mode === "local" ? ": nothing was confined" : "") +
    (profile === null ? "" : `, sandbox profile ${quote(profile)}`),
  ];
  const runner = textAt(receipt, "runner_version") ??
    textAt(evidence, "runner", "version");
  if (runner !== null) lines.push(`runner: ${quote(runner)}`);
  const custody = textAt(evidence, "key_custody");
  const signed = receipt === null || at(receipt, "signature") !== null;
  if (custody === "caller" && signed) {
    lines.push("key: whoever called csc could use it, too");
  }
  if (textAt(evidence, "log") === "off") {
    lines.push("log: off, so this run has no record of its own");
  }
  return lines;
}

function commandLines(command: JsonValue): string[] {
  const exitCode = numberAt(command, "exit_code");
  const code = exitCode === null
    ? "no exit code"
    : `exit code ${exitCode}${signalWord(exitCode)}`;
  const timedOut = at(command, "timed_out") === true ? ", timed out" : "";
  const took = numberAt(command, "duration_us");
  return [
    "",
    `command ${shown(textAt(command, "id"))}: ${code}${timedOut}` +
    (took === null ? "" : `, ${duration(took)}`),
    ...planLines(at(command, "plan")),
    ...streamLine("stdout", at(command, "stdout")),
    ...streamLine("stderr", at(command, "stderr")),
    ...factLines(at(command, "facts")),
  ];
}

function streamLine(name: string, stream: JsonValue): string[] {
  const bytes = numberAt(stream, "bytes");
  if (bytes === null || bytes === 0) return [];
  const cut = at(stream, "truncated") === true
    ? `, of which ${size(numberAt(stream, "captured") ?? 0)} were kept`
    : "";
  return [`  ${name.padEnd(11)}  ${size(bytes)}${cut}`];
}

function factLines(facts: JsonValue): string[] {
  const lines: string[] = [];
  const stages = textsAt(facts, "stages");
  if (stages.length > 0) {
    lines.push(
      `  walls        ${stages.map((stage) => word(stage)).join(", ")}`,
    );
  }
  const peak = numberAt(facts, "peak_memory_bytes");
  if (peak !== null) lines.push(`  peak memory  ${size(peak)}`);
  const oom = numberAt(facts, "oom_kills") ?? 0;
  if (oom > 0) lines.push(`  out of memory: ${oom} killed`);
  return lines;
}

function duration(us: number): string {
  if (us < 1000) return `${us} µs`;
  return us < 1_000_000
    ? `${Math.round(us / 1000)} ms`
    : `${(us / 1_000_000).toFixed(1)} s`;
}

/** What it all came to. */
function endLines(receipt: JsonValue): string[] {
  if (receipt === null) return [];
  const exitCode = numberAt(receipt, "exit_code");
  const code = exitCode === null
    ? ""
    : `, exit code ${exitCode}${signalWord(exitCode)}`;
  const lines = ["", `status: ${word(textAt(receipt, "status"))}${code}`];
  const failed = textAt(receipt, "failed_command_id");
  if (failed !== null) lines.push(`failed: command ${quote(failed, 400)}`);
  const error = textAt(receipt, "error") ?? "";
  if (error !== "") lines.push(`error: ${quote(error, 2000)}`);
  return lines;
}

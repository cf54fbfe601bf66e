/**
 * Limits of a contract beyond its schema (protocol §3), all applied when a
 * contract is read: `check` must refuse what `run` would refuse.
 *
 * Takes any JSON value, because it runs beside the schema and not after it, so
 * that a caller sees all findings at once.
 *
 * @module
 */
import { utf8 } from "../core/bytes.ts";
import type { ErrorDetail } from "../core/errors.ts";
import { isJsonObject, type JsonValue } from "../core/json.ts";
import { quote } from "../core/text.ts";
import {
  MAX_ARGV_ELEMENT_BYTES,
  MAX_ARGV_ELEMENTS,
  MAX_FINDINGS,
  MAX_PIPELINE_SEGMENTS,
} from "./limits.ts";

/** Members of a command whose strings reach the kernel as paths or names. */
const LISTS_WITHOUT_NUL = [
  "read_paths",
  "write_paths",
  "env_allow",
  "secret_refs",
];

/** Up to 20 findings, each with a JSON pointer; empty = within all limits. */
export function contractLimitFindings(contract: JsonValue): ErrorDetail[] {
  const findings: ErrorDetail[] = [];
  const commands = items(member(contract, "commands"));
  commands.forEach((command, index) =>
    checkCommand(command, `/commands/${index}`, findings)
  );
  checkCommandIds(commands, findings);
  const outputs = member(contract, "expected_outputs");
  checkStrings(items(outputs), "/expected_outputs", findings);
  return findings.slice(0, MAX_FINDINGS);
}

/** Two commands of one id could not be told apart in a receipt (protocol §2). */
function checkCommandIds(
  commands: readonly JsonValue[],
  findings: ErrorDetail[],
): void {
  const firstIndex = new Map<string, number>();
  commands.forEach((command, index) => {
    const id = member(command, "id");
    if (typeof id !== "string") return;
    const earlier = firstIndex.get(id);
    if (earlier === undefined) {
      firstIndex.set(id, index);
      return;
    }
    findings.push({
      where: `/commands/${index}/id`,
      message: `${quote(id)} is the id of /commands/${earlier} already, ` +
        "expected ids that differ",
    });
  });
}

function checkCommand(
  command: JsonValue,
  where: string,
  findings: ErrorDetail[],
): void {
  const exec = member(command, "exec");
  checkArgv(member(exec, "argv"), `${where}/exec/argv`, findings);
  const segments = items(member(member(command, "pipeline"), "segments"));
  if (segments.length > MAX_PIPELINE_SEGMENTS) {
    findings.push({
      where: `${where}/pipeline/segments`,
      message: `${segments.length} segments, expected at most ` +
        `${MAX_PIPELINE_SEGMENTS}`,
    });
  }
  segments.forEach((segment, index) => {
    const pointer = `${where}/pipeline/segments/${index}/argv`;
    checkArgv(member(segment, "argv"), pointer, findings);
  });
  checkNul(member(command, "cwd"), `${where}/cwd`, findings);
  for (const list of LISTS_WITHOUT_NUL) {
    checkStrings(items(member(command, list)), `${where}/${list}`, findings);
  }
}

function checkArgv(
  argv: JsonValue | undefined,
  where: string,
  findings: ErrorDetail[],
): void {
  const elements = items(argv);
  if (elements.length > MAX_ARGV_ELEMENTS) {
    findings.push({
      where,
      message: `${elements.length} elements, expected at most ` +
        `${MAX_ARGV_ELEMENTS}`,
    });
  }
  checkStrings(elements, where, findings);
  elements.forEach((element, index) => {
    if (typeof element !== "string") return;
    const size = utf8Size(element);
    if (size <= MAX_ARGV_ELEMENT_BYTES) return;
    findings.push({
      where: `${where}/${index}`,
      message:
        `${quote(element)} is ${size} bytes of UTF-8, expected at most ` +
        `${MAX_ARGV_ELEMENT_BYTES}`,
    });
  });
}

function checkStrings(
  list: readonly JsonValue[],
  where: string,
  findings: ErrorDetail[],
): void {
  list.forEach((text, index) => checkNul(text, `${where}/${index}`, findings));
}

/** The kernel ends strings at NUL, so what runs would not be what was decided. */
function checkNul(
  text: JsonValue | undefined,
  where: string,
  findings: ErrorDetail[],
): void {
  if (typeof text !== "string" || !text.includes("\0")) return;
  findings.push({
    where,
    message: `${quote(text)} holds a NUL character, expected none`,
  });
}

/** Bytes of UTF-8, or an upper bound where that is within the limit already. */
function utf8Size(text: string): number {
  const atMost = text.length * 3;
  return atMost <= MAX_ARGV_ELEMENT_BYTES ? atMost : utf8(text).length;
}

function member(
  value: JsonValue | undefined,
  name: string,
): JsonValue | undefined {
  return isJsonObject(value) && Object.hasOwn(value, name)
    ? value[name]
    : undefined;
}

function items(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

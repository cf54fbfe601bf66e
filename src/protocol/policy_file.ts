/**
 * Strict YAML: a file has one reading, whoever reads it (protocol §10).
 *
 * Readers of YAML 1.1 and of YAML 1.2 disagree about what `010`, `yes` or
 * `60.0` are, and a policy that two runners read differently is a hole. So
 * js-yaml only splits the text into events, which tell plain scalars from
 * quoted ones and carry their positions; values are made here, and a plain
 * scalar that the two versions read differently is refused.
 *
 * Loaded on demand: the YAML reader is no part of the start-up path.
 *
 * @module
 */
import { type Event, EVENT_ID, parseEvents, SCALAR_STYLE } from "js-yaml";
import { fromUtf8Strict } from "../core/bytes.ts";
import { CscError, isCscError } from "../core/errors.ts";
import type { JsonValue } from "../core/json.ts";
import { lineAndColumn, tooLarge } from "../core/json_errors.ts";
import { MAX_JSON_DEPTH } from "../core/json_reader.ts";
import { quote } from "../core/text.ts";
import { YamlBuilder, YamlRefusal } from "./yaml_builder.ts";

/** What is read, for messages, and how large it may be. */
export interface YamlOptions {
  readonly source: string;
  readonly what: string;
  /** Bytes of the file, and also of what its aliases expand to. */
  readonly maxBytes: number;
}

/**
 * Parses one YAML document whose top level is a mapping, and freezes it.
 *
 * Throws INPUT_UNREADABLE above `maxBytes` and INPUT_MALFORMED, with line and
 * column, for everything else.
 */
export function parseYamlStrict(
  bytes: Uint8Array,
  options: YamlOptions,
): JsonValue {
  if (bytes.length > options.maxBytes) throw tooLarge(bytes.length, options);
  const text = fromUtf8Strict(bytes);
  if (text === null) throw malformed(options, "the bytes are not UTF-8");
  try {
    refuseUnsafeCharacters(text);
    // js-yaml's depth counts keys and values apart, hence the wider bound;
    // the exact one is applied while building.
    const events = parseEvents(text, { maxDepth: 4 * MAX_JSON_DEPTH });
    refuseTabs(text, events);
    return new YamlBuilder(text, events, options).document();
  } catch (error) {
    if (error instanceof YamlRefusal) {
      const where = lineAndColumn(text, error.offset);
      throw malformed(options, error.message, where, error.advice);
    }
    if (isCscError(error)) throw error;
    throw fromYamlError(error, text, options);
  }
}

/**
 * Refuses what YAML 1.1 takes for a line break and 1.2 does not (U+0085,
 * U+2028, U+2029), carriage returns that hide text on a terminal, byte order
 * marks and controls: a comment could end early and begin a member.
 */
function refuseUnsafeCharacters(text: string): void {
  const unsafe =
    // deno-lint-ignore no-control-regex
    /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)/;
  const match = unsafe.exec(text);
  if (match === null) return;
  throw new YamlRefusal(
    match.index,
    `the character ${quote(match[0])} is not accepted unescaped`,
    "Remove it, or write it as an escape inside double quotes.",
  );
}

/**
 * Refuses tabs outside quoted text, block text and comments: YAML 1.2 takes
 * some of them for space, 1.1 none.
 */
function refuseTabs(text: string, events: readonly Event[]): void {
  if (!text.includes("\t")) return;
  let masked = "";
  let end = 0;
  for (const event of events) {
    if (event.type !== EVENT_ID.SCALAR) continue;
    const { style, valueStart, valueEnd } = event;
    if (style === SCALAR_STYLE.PLAIN || valueStart < end) continue;
    masked += text.slice(end, valueStart) +
      text.slice(valueStart, valueEnd).replace(/[^\n]/g, "x");
    end = valueEnd;
  }
  masked += text.slice(end);
  let lineStart = 0;
  for (const line of masked.split("\n")) {
    const tab = line.replace(/(^|[ \t])#.*/, "$1").indexOf("\t");
    if (tab !== -1) {
      throw new YamlRefusal(
        lineStart + tab,
        "a tab is read differently by YAML 1.1 and 1.2",
        "Use spaces.",
      );
    }
    lineStart += line.length + 1;
  }
}

function malformed(
  options: YamlOptions,
  cause: string,
  where = "line 1, column 1",
  advice = "Correct the file at that place.",
): CscError {
  return new CscError(
    "INPUT_MALFORMED",
    `parse ${options.what} ${quote(options.source)}: ${where}: ${cause}`,
    { hint: advice, details: [{ where, message: `${cause}. ${advice}` }] },
  );
}

/** Errors of js-yaml carry `reason` and `mark`; its text quotes the file raw. */
function fromYamlError(
  error: unknown,
  text: string,
  options: YamlOptions,
): unknown {
  const { reason, mark } = error as {
    reason?: unknown;
    mark?: { position?: unknown };
  };
  if (typeof reason !== "string") return error;
  const position = mark?.position;
  const where = typeof position === "number"
    ? lineAndColumn(text, position)
    : "line 1, column 1";
  return malformed(
    options,
    reason,
    where,
    "Correct the file at that place; each key may stand once.",
  );
}

/**
 * All that csc prints goes through here.
 *
 * @module
 */
import { utf8 } from "../core/bytes.ts";
import { causeText, CscError, isCscError } from "../core/errors.ts";
import { visible } from "../core/text.ts";
import type { Paint } from "./colour.ts";

/** Where verbs print to; tests pass one that remembers. */
export interface Terminal {
  /** True where a person reads standard output. */
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Prints to standard output; what cannot be seen is escaped. */
  out(text: string): void;
  /** Prints to standard error; what cannot be seen is escaped. */
  err(text: string): void;
  /** Paints, from now on, what is printed to streams that people read. */
  paintWith?(out: Paint, err: Paint): void;
}

/** Most findings of one error that are listed. */
const MAX_DETAILS = 20;

/** The real terminal. */
export function createTerminal(): Terminal {
  let paintOut: Paint | null = null;
  let paintErr: Paint | null = null;
  return {
    get stdoutIsTerminal() {
      return Deno.stdout.isTerminal();
    },
    get stderrIsTerminal() {
      return Deno.stderr.isTerminal();
    },
    out: (text) => writeAll(Deno.stdout, text, paintOut),
    err: (text) => writeAll(Deno.stderr, text, paintErr),
    paintWith(out, err) {
      if (Deno.stdout.isTerminal()) paintOut = out;
      if (Deno.stderr.isTerminal()) paintErr = err;
    },
  };
}

/**
 * Writes a command's output on while it runs. A reader that went away wants
 * none of it, which is no error; every other failure is the caller's to tell.
 *
 * @param fd 1 or 2; anything else swallows the bytes.
 */
export async function writeLive(fd: number, bytes: Uint8Array): Promise<void> {
  const stream = fd === 1 ? Deno.stdout : fd === 2 ? Deno.stderr : null;
  if (stream === null) return;
  try {
    for (let done = 0; done < bytes.length;) {
      done += await stream.write(bytes.subarray(done));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/**
 * Prints an error: what went wrong, the findings, the next step; no trace.
 *
 * @param json Whether standard output was promised one JSON document.
 */
export function printError(
  terminal: Terminal,
  thrown: unknown,
  json: boolean,
): void {
  const error = isCscError(thrown)
    ? thrown
    : new CscError("INTERNAL", `internal error: ${causeText(thrown)}`, {
      hint: "This is a defect of csc; please report it.",
    });
  terminal.err(errorText(error));
  // A standard output that has just failed will not take this either.
  if (!json || error.code === "OUTPUT_UNWRITABLE") return;
  const { code, message, hint, details } = error;
  const document = { error: { code, message, hint, details } };
  terminal.out(`${JSON.stringify(document, null, 2)}\n`);
}

function errorText(error: CscError): string {
  const lines = [`csc: ${error.message}`];
  // A single finding stands in the message already.
  if (error.details.length > 1) {
    for (const { where, message } of error.details.slice(0, MAX_DETAILS)) {
      lines.push(`  ${where || "/"}: ${message}`);
    }
    const rest = error.details.length - MAX_DETAILS;
    if (rest > 0) lines.push(`  … and ${rest} more`);
  }
  if (error.hint !== undefined) lines.push(`hint: ${error.hint}`);
  return `${lines.join("\n")}\n`;
}

const PLAIN = /^[\n\t\x20-\x7e]*$/;

/** Text for a person, whatever is in it; most text is plain. */
function safe(text: string): string {
  return PLAIN.test(text) ? text : visible(text, { keepLayout: true });
}

function writeAll(
  stream: { writeSync(bytes: Uint8Array): number },
  text: string,
  paint: Paint | null,
): void {
  const shown = safe(text);
  const bytes = utf8(paint === null ? shown : paint(shown));
  try {
    for (let done = 0; done < bytes.length;) {
      done += stream.writeSync(bytes.subarray(done));
    }
  } catch (error) {
    // Nobody reads any more (`csc … | head`): the exit code still tells.
    if (isGone(error)) return;
    throw new CscError(
      "OUTPUT_UNWRITABLE",
      `write to ${
        stream === Deno.stdout ? "standard output" : "standard error"
      }: ${causeText(error)}`,
      { hint: "Check what the output is redirected to.", cause: error },
    );
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.BadResource;
}

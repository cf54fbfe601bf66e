/**
 * Rule: each global that starts programs, loads code, talks to a network, tells
 * the time, makes chance, prints or exits has one home in src/. Everywhere else
 * it is handed in, so that a reader finds every use by opening one file.
 *
 * @module
 */
import type { Finding } from "./finding.ts";
import { isGenerated, isScript, type SourceFile } from "./source.ts";
import { type Token, tokenize } from "./tokens.ts";

/** One dangerous thing and the only files of src/ that may use it. */
interface Home {
  /** `Object.member`, or the name of a global. */
  readonly name: string;
  readonly homes: readonly RegExp[];
}

const COMPOSE = /^src\/compose\.ts$/;
const NATIVE = /^src\/execute\/native\.ts$/;
const LOCAL = /^src\/execute\/local[^/]*\.ts$/;
const MAIN = /^src\/main\.ts$/;
const CLI = /^src\/cli\//;
const EMBEDDED = /^src\/embedded\.ts$/;

/** Who may do what. An empty list of homes: nobody, so far. */
export const HOMES: readonly Home[] = [
  { name: "Deno.dlopen", homes: [NATIVE] },
  { name: "Deno.UnsafePointer", homes: [NATIVE] },
  { name: "Deno.UnsafePointerView", homes: [NATIVE] },
  { name: "Deno.UnsafeCallback", homes: [NATIVE] },
  { name: "Deno.Command", homes: [LOCAL] },
  { name: "Deno.kill", homes: [LOCAL] },
  { name: "Deno.listen", homes: [] },
  { name: "Deno.listenTls", homes: [] },
  { name: "Deno.listenDatagram", homes: [] },
  { name: "Deno.connect", homes: [] },
  { name: "Deno.connectTls", homes: [] },
  { name: "Deno.startTls", homes: [] },
  { name: "Deno.serve", homes: [] },
  { name: "Deno.resolveDns", homes: [] },
  { name: "Deno.exit", homes: [MAIN, CLI] },
  { name: "Deno.stdin", homes: [MAIN, CLI] },
  { name: "Deno.stdout", homes: [MAIN, CLI] },
  { name: "Deno.stderr", homes: [MAIN, CLI] },
  { name: "Date.now", homes: [COMPOSE] },
  { name: "performance.now", homes: [COMPOSE] },
  { name: "Math.random", homes: [COMPOSE] },
  { name: "crypto.getRandomValues", homes: [COMPOSE] },
  { name: "crypto.randomUUID", homes: [COMPOSE] },
  { name: "console", homes: [MAIN, CLI] },
  { name: "alert", homes: [] },
  { name: "prompt", homes: [] },
  { name: "confirm", homes: [] },
  { name: "fetch", homes: [] },
  { name: "WebSocket", homes: [] },
  { name: "WebSocketStream", homes: [] },
  { name: "EventSource", homes: [] },
  { name: "Worker", homes: [] },
  { name: "eval", homes: [] },
  { name: "Function", homes: [] },
  // The way around every line above.
  { name: "globalThis", homes: [EMBEDDED] },
  { name: "window", homes: [] },
  { name: "self", homes: [] },
];

/** Objects that may only be used member by member, so that this rule sees it. */
const OPENED = new Set(["Deno", "crypto", "performance"]);

/** Findings for every use outside its home. */
export function checkDangerousGlobals(
  files: readonly SourceFile[],
): Finding[] {
  return files
    .filter(({ path }) =>
      path.startsWith("src/") && isScript(path) && !isGenerated(path)
    )
    .flatMap(({ path, text }) => {
      const tokens = tokenize(text);
      return tokens.flatMap((token, index) => {
        const message = objection(path, tokens, index);
        return message === null ? [] : [{ path, line: token.line, message }];
      });
    });
}

function objection(
  path: string,
  tokens: readonly Token[],
  index: number,
): string | null {
  const token = tokens[index];
  if (token?.kind !== "word" || !isGlobalUse(tokens, index)) return null;
  const member = memberAfter(tokens, index);
  if (OPENED.has(token.text) && member === null) {
    return `use "${token.text}" member by member ("${token.text}.x"), so that its uses can be found`;
  }
  if (token.text === "Date" && isCurrentDate(tokens, index)) {
    return homeObjection(path, { name: "Date()", homes: [COMPOSE] });
  }
  const used = HOMES.find(({ name }) =>
    name === token.text || name === `${token.text}.${member ?? ""}`
  );
  return used === undefined ? null : homeObjection(path, used);
}

function homeObjection(path: string, { name, homes }: Home): string | null {
  if (homes.some((home) => home.test(path))) return null;
  const where = homes.length === 0
    ? "nothing in src/ may use it"
    : `its home is ${
      homes.map(({ source }) => source.replaceAll(/[\\^$]/g, "")).join(", ")
    }`;
  return `"${name}" is used here; ${where}`;
}

/** Not a property (`x.fetch`), an object's key (`fetch:`) or a method. */
function isGlobalUse(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1]?.text;
  const after = tokens[index + 1]?.text;
  if (before === "." || before === "?.") return false;
  const key = after === ":" && (before === "{" || before === ",");
  return !key;
}

function memberAfter(tokens: readonly Token[], index: number): string | null {
  const dot = tokens[index + 1]?.text;
  const member = tokens[index + 2];
  if (dot !== "." && dot !== "?.") return null;
  return member?.kind === "word" ? member.text : null;
}

/** `new Date()`, `new Date` and `Date()` ask the clock; `new Date(0)` does not. */
function isCurrentDate(tokens: readonly Token[], index: number): boolean {
  const made = tokens[index - 1]?.text === "new";
  const called = tokens[index + 1]?.text === "(";
  const empty = called && tokens[index + 2]?.text === ")";
  return made ? !called || empty : called;
}

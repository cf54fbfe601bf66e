/**
 * What else is executed when a program is: the interpreter that a script's
 * first line names, that one's own where it is a script too, and the program
 * that env(1) looks up for it.
 *
 * @module
 */
import { normalizePath } from "../core/path.ts";
import type { FileFact } from "../plan/host_facts.ts";
import { type LookAt, readStart } from "./look.ts";
import { findExecutable, probePath } from "./probe.ts";

/** As much of a file as the kernel looks at to see what it is (Linux 5.1). */
const START_LEN = 256;

/**
 * Files in one chain. The kernel follows five first lines; env starts anew, and
 * ends by itself where it leads in a circle.
 */
const MAX_CHAIN = 8;

/** A first line that names an interpreter. */
export interface Shebang {
  readonly interpreter: string;
  /** All that follows, as one argument; "" for none. */
  readonly argument: string;
}

/** What the kernel (binfmt_script) makes of the start of a file; null: no script. */
export function parseShebang(start: Uint8Array): Shebang | null {
  if (start[0] !== 0x23 || start[1] !== 0x21) return null;
  const text = new TextDecoder().decode(start.subarray(2, START_LEN));
  const line = /^[ \t]*([^ \t\n\0]*)[ \t]*([^\n\0]*)/.exec(text);
  const [, interpreter = "", rest = ""] = line ?? [];
  return interpreter === ""
    ? null
    : { interpreter, argument: rest.replace(/[ \t]+$/, "") };
}

/**
 * The program that env looks up, given the one argument of a first line; null
 * where that says none. Options of env are passed over, `-S` and what it splits
 * included.
 */
export function envProgram(argument: string): string | null {
  const words = argument.replace(/^-S|^--split-string[= ]/, "")
    .split(/[ \t]+/).filter((word) => word !== "");
  // Without -S all of it is one word, blanks included.
  if (!/^-S|^--split-string/.test(argument)) {
    return argument === "" || argument.startsWith("-") ? null : argument;
  }
  return words.find((word) => !word.startsWith("-") && !word.includes("=")) ??
    null;
}

/**
 * The file that is executed, and every interpreter behind it, in the order in
 * which they are started. Ends where something is missing: what cannot be found
 * cannot be executed either.
 *
 * @param cwd Where the command runs, without links.
 */
export function executionChain(
  file: string,
  cwd: string,
  searchPath: readonly string[],
  look: LookAt,
): FileFact[] {
  const chain: FileFact[] = [];
  let next: string | null = file;
  let argument = "";
  while (next !== null && chain.length < MAX_CHAIN) {
    const named: string = next;
    const { kind, real, links } = probePath(named, look);
    const there = look(real);
    if (kind !== "file" || there.kind !== "file") break;
    if (chain.some((fact) => fact.real === real)) break;
    const shebang = parseShebang(readStart(real, START_LEN));
    chain.push({
      real,
      links,
      device: there.dev,
      inode: there.ino,
      script: shebang !== null,
    });
    if (shebang !== null) {
      next = absolute(shebang.interpreter, cwd);
      argument = shebang.argument;
    } else if (chain.length > 1 && named.endsWith("/env")) {
      next = programOfEnv(argument, cwd, searchPath);
    } else next = null;
  }
  return chain;
}

function programOfEnv(
  argument: string,
  cwd: string,
  searchPath: readonly string[],
): string | null {
  const program = envProgram(argument);
  if (program === null) return null;
  const found = findExecutable(program, cwd, searchPath);
  return found.found ? found.file : null;
}

function absolute(path: string, cwd: string): string {
  const whole = path.startsWith("/") ? path : `${cwd}/${path}`;
  return normalizePath(whole) ?? whole;
}

/**
 * Splits TypeScript into tokens, well enough that no rule is fooled by what
 * stands in a comment, a string, a template or a regular expression.
 *
 * @module
 */

/** A piece of a program; comments and white space are dropped. */
export interface Token {
  /** `string` covers quotes and each constant part of a template. */
  readonly kind: "word" | "string" | "regexp" | "number" | "punctuation";
  /** As written; for a string what stands between its quotes. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

const WORD = /[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER = /\.?\d(?:[eE][+-]|[\w.])*/y;
/** Multi-character punctuation that rules must not see as its parts. */
const PUNCTUATION = /\?\.(?!\d)|\.\.\.|=>|[^\s]/uy;
const REGEXP = /\/(?:[^\\/[\n]|\\.|\[(?:[^\\\]\n]|\\.)*\])+\/[a-z]*/y;

/** Words after which a slash starts a regular expression and no division. */
const BEFORE_REGEXP = new Set([
  "return",
  "typeof",
  "case",
  "in",
  "of",
  "do",
  "else",
  "void",
  "delete",
  "throw",
  "new",
  "await",
  "yield",
]);

/** All tokens of a program, in order. */
export function tokenize(text: string): Token[] {
  return new Scanner(text).run();
}

class Scanner {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  /** For each open brace: does it belong to a template's `${`? */
  readonly #braces: boolean[] = [];
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  run(): Token[] {
    while (this.#at < this.#text.length) this.#next();
    return this.#tokens;
  }

  #next(): void {
    const text = this.#text;
    const c = text[this.#at] ?? "";
    const two = text.slice(this.#at, this.#at + 2);
    if (/\s/.test(c)) return this.#skip(1);
    if (two === "//" || (two === "#!" && this.#at === 0)) {
      const end = text.indexOf("\n", this.#at);
      return this.#skip((end < 0 ? text.length : end) - this.#at);
    }
    if (two === "/*") {
      const end = text.indexOf("*/", this.#at + 2);
      return this.#skip((end < 0 ? text.length : end + 2) - this.#at);
    }
    if (c === '"' || c === "'") return this.#quoted(c);
    if (c === "`") return this.#template(1);
    if (c === "/" && this.#regexpMayStart() && this.#take("regexp", REGEXP)) {
      return;
    }
    if (this.#take("word", WORD) || this.#take("number", NUMBER)) return;
    if (c === "{") this.#braces.push(false);
    if (c === "}" && this.#braces.pop() === true) return this.#template(1);
    if (!this.#take("punctuation", PUNCTUATION)) this.#skip(1);
  }

  /** Passes over `length` characters, counting lines. */
  #skip(length: number): void {
    const passed = this.#text.slice(this.#at, this.#at + length);
    this.#line += passed.split("\n").length - 1;
    this.#at += length;
  }

  #take(kind: Token["kind"], pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return false;
    this.#push(kind, match[0]);
    this.#skip(match[0].length);
    return true;
  }

  #push(kind: Token["kind"], text: string): void {
    this.#tokens.push({ kind, text, line: this.#line });
  }

  #quoted(quote: string): void {
    let end = this.#at + 1;
    while (end < this.#text.length && this.#text[end] !== quote) {
      end += this.#text[end] === "\\" ? 2 : 1;
    }
    this.#push("string", this.#text.slice(this.#at + 1, end));
    this.#skip(end + 1 - this.#at);
  }

  /** A constant part of a template, from its backtick or closing brace. */
  #template(opening: number): void {
    const start = this.#at + opening;
    let end = start;
    while (end < this.#text.length) {
      if (this.#text[end] === "`") break;
      if (this.#text.startsWith("${", end)) break;
      end += this.#text[end] === "\\" ? 2 : 1;
    }
    this.#push("string", this.#text.slice(start, end));
    const substitution = this.#text[end] === "$";
    if (substitution) this.#braces.push(true);
    this.#skip(end + (substitution ? 2 : 1) - this.#at);
  }

  /** Guesses from the token before, as every scanner without a parser must. */
  #regexpMayStart(): boolean {
    const before = this.#tokens.at(-1);
    if (before === undefined) return true;
    switch (before.kind) {
      case "word":
        return BEFORE_REGEXP.has(before.text);
      case "punctuation":
        return !/^[)\]}]$/.test(before.text);
      default:
        return false;
    }
  }
}

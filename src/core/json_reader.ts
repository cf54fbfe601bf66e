/**
 * The reader behind `parseJson`: well-formed text in, frozen value out.
 *
 * @module
 */
import type { JsonObject, JsonOptions, JsonValue } from "./json.ts";
import { quote } from "./text.ts";

/** Arrays and objects inside each other, at most. */
export const MAX_JSON_DEPTH = 64;

/** Thrown by the reader for its caller, who knows what is being read. */
export class JsonRefusal extends Error {
  constructor(readonly offset: number, message: string) {
    super(message);
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** What stands for itself inside a string; matches nothing as well. */
// deno-lint-ignore no-control-regex
const PLAIN_RUN = /[^"\\\0-\x1f]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/**
 * Reads one document by recursive descent; recursion is safe because depth is
 * capped. Throws `JsonRefusal`.
 */
export class JsonReader {
  private offset = 0;

  constructor(
    private readonly text: string,
    private readonly numbers: JsonOptions["numbers"],
  ) {}

  document(): JsonValue {
    if (this.text.charCodeAt(0) === 0xfeff) {
      this.refuse("a byte order mark is not JSON");
    }
    this.skipSpace();
    const value = this.value(0);
    this.skipSpace();
    if (this.offset < this.text.length) {
      this.refuse(`unexpected ${this.found()} after the end of the document`);
    }
    return value;
  }

  private value(depth: number): JsonValue {
    const first = this.text[this.offset];
    switch (first) {
      case "{":
        return this.object(depth + 1);
      case "[":
        return this.array(depth + 1);
      case '"':
        return this.string();
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      default:
        return this.number();
    }
  }

  private object(depth: number): JsonObject {
    this.enter(depth);
    const object: Record<string, JsonValue> = {};
    this.skipSpace();
    if (this.accept("}")) return Object.freeze(object);
    while (true) {
      const keyOffset = this.offset;
      if (this.text.charCodeAt(keyOffset) !== QUOTE) {
        this.refuse(`expected a key in double quotes, found ${this.found()}`);
      }
      const key = this.string();
      if (Object.hasOwn(object, key)) {
        this.refuse(`duplicate key ${quote(key)}`, keyOffset);
      }
      this.skipSpace();
      if (!this.accept(":")) {
        this.refuse(`expected ":" after a key, found ${this.found()}`);
      }
      this.skipSpace();
      const value = this.value(depth);
      // Where `__proto__` is live, assignment would set the prototype.
      if (key === "__proto__") defineOwn(object, key, value);
      else object[key] = value;
      this.skipSpace();
      if (this.accept("}")) return Object.freeze(object);
      if (!this.accept(",")) {
        this.refuse(`expected "," or "}", found ${this.found()}`);
      }
      this.skipSpace();
    }
  }

  private array(depth: number): readonly JsonValue[] {
    this.enter(depth);
    const items: JsonValue[] = [];
    this.skipSpace();
    if (this.accept("]")) return Object.freeze(items);
    while (true) {
      items.push(this.value(depth));
      this.skipSpace();
      if (this.accept("]")) return Object.freeze(items);
      if (!this.accept(",")) {
        this.refuse(`expected "," or "]", found ${this.found()}`);
      }
      this.skipSpace();
    }
  }

  private enter(depth: number): void {
    if (depth > MAX_JSON_DEPTH) {
      this.refuse(`nested more than ${MAX_JSON_DEPTH} deep`);
    }
    this.offset++;
  }

  private string(): string {
    const opening = this.offset;
    let decoded = "";
    let start = ++this.offset;
    while (true) {
      PLAIN_RUN.lastIndex = this.offset;
      PLAIN_RUN.test(this.text);
      this.offset = PLAIN_RUN.lastIndex;
      const unit = this.text.charCodeAt(this.offset);
      if (unit === QUOTE) break;
      if (unit === BACKSLASH) {
        decoded += this.text.slice(start, this.offset) + this.escape();
        start = this.offset;
      } else if (Number.isNaN(unit)) {
        this.refuse("a string is not closed", opening);
      } else {
        this.refuse(`${this.found()} must be escaped inside a string`);
      }
    }
    decoded += this.text.slice(start, this.offset++);
    // Raw text is well-formed (strict UTF-8), so only escapes can break a pair.
    if (!decoded.isWellFormed()) {
      this.refuse("a string holds a lone surrogate", opening);
    }
    return decoded;
  }

  private escape(): string {
    const letter = this.text[this.offset + 1] ?? "";
    const simple = SIMPLE_ESCAPES[letter];
    if (simple !== undefined) {
      this.offset += 2;
      return simple;
    }
    const digits = this.text.slice(this.offset + 2, this.offset + 6);
    if (letter !== "u" || !/^[0-9A-Fa-f]{4}$/.test(digits)) {
      this.refuse("an escape that JSON does not have");
    }
    this.offset += 6;
    return String.fromCharCode(parseInt(digits, 16));
  }

  private number(): number {
    NUMBER.lastIndex = this.offset;
    const literal = NUMBER.exec(this.text)?.[0];
    if (literal === undefined) {
      this.refuse(`expected a value, found ${this.found()}`);
    }
    if (this.numbers === "plain-integer" && /[.eE]/.test(literal)) {
      this.refuse(`${quote(literal)} is not written as a plain integer`);
    }
    if (!isWhole(literal)) this.refuse(`${quote(literal)} is not an integer`);
    const value = Number(literal);
    if (!Number.isSafeInteger(value)) {
      this.refuse(`${quote(literal)} is beyond ±(2^53 − 1)`);
    }
    if (Object.is(value, -0)) {
      this.refuse(`${quote(literal)} is negative zero; write 0`);
    }
    this.offset += literal.length;
    // A letter or digit right behind (`01`, `1a`) is no part of any value and
    // is refused by whoever expects the next separator.
    return value;
  }

  private word<T extends JsonValue>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.offset)) {
      this.refuse(`expected a value, found ${this.found()}`);
    }
    this.offset += word.length;
    return value;
  }

  private skipSpace(): void {
    while (true) {
      const unit = this.text.charCodeAt(this.offset);
      const isSpace = unit === 0x20 || unit === 0x0a || unit === 0x0d ||
        unit === 0x09;
      if (!isSpace) return;
      this.offset++;
    }
  }

  private accept(character: string): boolean {
    if (this.text[this.offset] !== character) return false;
    this.offset++;
    return true;
  }

  /** What stands at the current place, for a message. */
  private found(): string {
    const codePoint = this.text.codePointAt(this.offset);
    return codePoint === undefined
      ? "the end of the document"
      : quote(String.fromCodePoint(codePoint));
  }

  private refuse(message: string, offset = this.offset): never {
    throw new JsonRefusal(offset, message);
  }
}

/**
 * Is this JSON number an integer, exactly? `Number` cannot tell: it rounds
 * `1.0000000000000000001` to 1, and a rounded number is a guess.
 */
function isWhole(literal: string): boolean {
  const [mantissa = "", exponent = "0"] = literal.toLowerCase().split("e");
  const [, fraction = ""] = mantissa.split(".");
  const digits = mantissa.replace(/[-.]/g, "");
  const places = fraction.length - Number(exponent);
  if (places <= 0) return true;
  // Fewer digits than places: the value is below one, so whole only if zero.
  const tail = places >= digits.length ? digits : digits.slice(-places);
  return /^0*$/.test(tail);
}

/** Adds a member as data, whatever its name. */
export function defineOwn(
  object: Record<string, JsonValue>,
  key: string,
  value: JsonValue,
): void {
  Object.defineProperty(object, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/**
 * YAML events into values, for `policy_file.ts`.
 *
 * @module
 */
import {
  type Event,
  EVENT_ID,
  getScalarValue,
  SCALAR_STYLE,
  type ScalarEvent,
} from "js-yaml";
import type { JsonObject, JsonValue } from "../core/json.ts";
import { defineOwn, MAX_JSON_DEPTH } from "../core/json_reader.ts";
import { quote } from "../core/text.ts";
import { plainScalar } from "./yaml_scalar.ts";

const QUOTE_IT = "Put it in quotes if text is meant.";

/** Thrown while reading for `parseYamlStrict`, which knows what is being read. */
export class YamlRefusal extends Error {
  constructor(
    readonly offset: number,
    message: string,
    readonly advice?: string,
  ) {
    super(message);
  }
}

interface Anchor {
  /** Undefined while the anchored node is being built. */
  value: JsonValue | undefined;
  size: number;
}

/**
 * Turns the events of js-yaml into one frozen value; recursion is safe because
 * depth is capped. Throws `YamlRefusal`.
 */
export class YamlBuilder {
  private next = 0;
  /** Where the current node begins; kept for nodes without text of their own. */
  private offset = 0;
  /** Size of what was built, aliases expanded, in characters and nodes. */
  private size = 0;
  private readonly anchors = new Map<string, Anchor>();

  constructor(
    private readonly text: string,
    private readonly events: readonly Event[],
    private readonly limits: {
      readonly what: string;
      readonly maxBytes: number;
    },
  ) {}

  document(): JsonObject {
    const documents = this.events.filter((event) =>
      event.type === EVENT_ID.DOCUMENT
    );
    const [start, root] = this.events;
    if (documents.length > 1) {
      throw new YamlRefusal(
        this.secondDocumentOffset(),
        "a second document",
        "Write each document to a file of its own.",
      );
    }
    if (start?.type !== EVENT_ID.DOCUMENT || root === undefined) {
      throw new YamlRefusal(
        0,
        "the file is empty",
        "Write `key: value` lines.",
      );
    }
    if (start.directives.some((directive) => directive.kind === "tag")) {
      throw new YamlRefusal(0, "a %TAG directive; tags are not accepted");
    }
    if (start.explicitStart && !/^---/m.test(this.text)) {
      throw new YamlRefusal(
        0,
        "an indented document mark; it is text in YAML 1.1",
      );
    }
    if (root.type !== EVENT_ID.MAPPING) {
      const isEmpty = root.type === EVENT_ID.SCALAR && root.valueStart === -1;
      const empty = isEmpty
        ? "the file is empty: it"
        : `the ${this.limits.what}`;
      throw new YamlRefusal(
        this.startOf(root),
        `${empty} must contain a YAML mapping`,
        "Write `key: value` lines.",
      );
    }
    this.next = 1;
    return this.node(0) as JsonObject;
  }

  /** Builds the node at the current event. */
  private node(depth: number): JsonValue {
    const event = this.take();
    const sizeBefore = this.size++;
    switch (event.type) {
      case EVENT_ID.ALIAS:
        return this.alias(event.anchorStart, event.anchorEnd);
      case EVENT_ID.SCALAR:
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        this.refuseTag(event.tagStart);
        const anchor = this.openAnchor(event.anchorStart, event.anchorEnd);
        const value = this.content(event, depth);
        if (anchor !== null) {
          anchor.value = value;
          anchor.size = this.size - sizeBefore;
        }
        return value;
      }
      default:
        throw new YamlRefusal(this.offset, "unexpected end of the document");
    }
  }

  private content(
    event: Exclude<Event, { type: 1 | 5 | 6 }>,
    depth: number,
  ): JsonValue {
    if (event.type === EVENT_ID.SCALAR) return this.scalar(event);
    if (depth >= MAX_JSON_DEPTH) {
      throw new YamlRefusal(
        this.offset,
        `nested more than ${MAX_JSON_DEPTH} deep`,
      );
    }
    return event.type === EVENT_ID.MAPPING
      ? this.mapping(depth + 1)
      : this.sequence(depth + 1);
  }

  private sequence(depth: number): JsonValue {
    const items: JsonValue[] = [];
    while (!this.atEnd()) items.push(this.node(depth));
    return Object.freeze(items);
  }

  private mapping(depth: number): JsonObject {
    const object: Record<string, JsonValue> = {};
    while (!this.atEnd()) {
      const { key, offset } = this.key();
      if (Object.hasOwn(object, key)) {
        throw new YamlRefusal(
          offset,
          `duplicate key ${quote(key)}`,
          "Keep one of the two.",
        );
      }
      defineOwn(object, key, this.node(depth));
    }
    return Object.freeze(object);
  }

  private key(): { key: string; offset: number } {
    const event = this.take();
    const offset = this.offset;
    this.size++;
    if (event.type !== EVENT_ID.SCALAR) {
      throw new YamlRefusal(offset, "a key that is no plain text", QUOTE_IT);
    }
    this.refuseTag(event.tagStart);
    if (event.anchorStart !== -1) {
      throw new YamlRefusal(offset, "an anchor at a key");
    }
    const key = this.scalar(event);
    if (typeof key !== "string") {
      throw new YamlRefusal(offset, `the key ${key} is not a string`, QUOTE_IT);
    }
    return { key, offset };
  }

  private scalar(event: ScalarEvent): JsonValue {
    const value = getScalarValue(this.text, event);
    this.size += value.length;
    if (event.style !== SCALAR_STYLE.PLAIN) {
      this.refuseDividedText(event, value);
      return value;
    }
    const reading = plainScalar(value);
    if (reading.ok) return reading.value;
    throw new YamlRefusal(
      this.offset,
      `${quote(value)} is ${reading.reason}`,
      QUOTE_IT,
    );
  }

  /** Quoted and block text of which readers make different strings. */
  private refuseDividedText(event: ScalarEvent, value: string): void {
    if (event.style === SCALAR_STYLE.SINGLE_QUOTED) return;
    if (event.style !== SCALAR_STYLE.DOUBLE_QUOTED) {
      // YAML 1.2 adds the missing line feed to a last line, 1.1 does not.
      if (this.text.endsWith("\n")) return;
      throw new YamlRefusal(
        this.offset,
        "block text in a file that does not end in a line feed",
        "End the file with a line feed.",
      );
    }
    const raw = this.text.slice(event.valueStart, event.valueEnd);
    const escapes = /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([^]))/g;
    for (const [, short, long, other] of raw.matchAll(escapes)) {
      // YAML 1.1 readers keep empty lines behind an escaped line break.
      if (other === "\n" || other === "\r") {
        throw new YamlRefusal(
          this.offset,
          `${quote(value)} holds an escaped line break`,
          "Write it on one line.",
        );
      }
      // A pair of them is one character to some readers, an error to others.
      const codePoint = parseInt(short ?? long ?? "0", 16);
      if (codePoint >= 0xd800 && codePoint <= 0xdfff) {
        throw new YamlRefusal(
          this.offset,
          `${quote(value)} holds an escaped surrogate`,
          "Write the character itself, or one `\\U` escape with eight digits.",
        );
      }
    }
  }

  private refuseTag(tagStart: number): void {
    if (tagStart === -1) return;
    throw new YamlRefusal(
      tagStart,
      "an explicit tag",
      "Remove the tag, or quote.",
    );
  }

  private openAnchor(start: number, end: number): Anchor | null {
    if (start === -1) return null;
    const name = this.anchorName(start, end);
    if (this.anchors.has(name)) {
      throw new YamlRefusal(
        start,
        `duplicate anchor ${quote(name)}`,
        "Give one of the two another name.",
      );
    }
    const anchor: Anchor = { value: undefined, size: 0 };
    this.anchors.set(name, anchor);
    return anchor;
  }

  private alias(start: number, end: number): JsonValue {
    const name = this.anchorName(start, end);
    const anchor = this.anchors.get(name);
    if (anchor?.value === undefined) {
      const problem = anchor === undefined ? "unknown" : "recursive";
      throw new YamlRefusal(start, `${problem} alias ${quote(name)}`, QUOTE_IT);
    }
    this.size += anchor.size;
    // What aliases say could have been written out, within the size of a file.
    if (this.size > this.limits.maxBytes) {
      throw new YamlRefusal(
        start,
        "the aliases expand to too much",
        "Use fewer aliases.",
      );
    }
    return anchor.value;
  }

  /** YAML 1.1 readers know letters, digits, `_` and `-` only. */
  private anchorName(start: number, end: number): string {
    const name = this.text.slice(start, end);
    if (/^[A-Za-z0-9_-]+$/.test(name)) return name;
    throw new YamlRefusal(start, `the anchor name ${quote(name)}`, QUOTE_IT);
  }

  /** True, and past it, at the event that closes the current collection. */
  private atEnd(): boolean {
    if (this.events[this.next]?.type !== EVENT_ID.POP) return false;
    this.next++;
    return true;
  }

  private take(): Event {
    const event = this.events[this.next++];
    if (event === undefined) {
      throw new YamlRefusal(this.offset, "unexpected end of the document");
    }
    const start = this.startOf(event);
    if (start !== -1) this.offset = start;
    return event;
  }

  private startOf(event: Event): number {
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return event.valueStart;
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING:
        return event.start;
      case EVENT_ID.ALIAS:
        return event.anchorStart;
      default:
        return -1;
    }
  }

  private secondDocumentOffset(): number {
    const marks = [...this.text.matchAll(/^(?:---|\.\.\.)/gm)];
    return marks.at(-1)?.index ?? 0;
  }
}

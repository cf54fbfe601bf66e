/**
 * Where each member of a YAML document stands, for messages and for people who
 * ask where a setting comes from.
 *
 * @module
 */
import { type Event, EVENT_ID, getScalarValue, parseEvents } from "js-yaml";
import { MAX_JSON_DEPTH } from "../core/json_reader.ts";

/**
 * The line, from 1, of each member of a document that `parseYamlStrict` has
 * accepted, by its path: `/sandbox/path/0`. Names stand in paths as they are.
 */
export function yamlLines(text: string): ReadonlyMap<string, number> {
  const events = parseEvents(text, { maxDepth: 4 * MAX_JSON_DEPTH });
  const lines = new Map<string, number>();
  const starts = lineStarts(text);
  let next = 1;
  const node = (path: string): void => {
    const event = events[next++];
    if (event === undefined) return;
    if (path !== "" && !lines.has(path)) {
      lines.set(path, lineOf(offsetOf(event), starts));
    }
    if (event.type === EVENT_ID.SEQUENCE) {
      for (let index = 0; !atEnd(); index++) node(`${path}/${index}`);
    } else if (event.type === EVENT_ID.MAPPING) {
      while (!atEnd()) {
        const key = events[next++];
        if (key?.type !== EVENT_ID.SCALAR) return;
        const member = `${path}/${getScalarValue(text, key)}`;
        // A value may begin lines below its name, and one may look for it.
        lines.set(member, lineOf(key.valueStart, starts));
        node(member);
      }
    }
  };
  const atEnd = (): boolean => {
    if (next < events.length && events[next]?.type !== EVENT_ID.POP) {
      return false;
    }
    next++;
    return true;
  };
  node("");
  return lines;
}

function offsetOf(event: Event): number {
  switch (event.type) {
    case EVENT_ID.SCALAR:
      return event.valueStart;
    case EVENT_ID.SEQUENCE:
    case EVENT_ID.MAPPING:
      return event.start;
    case EVENT_ID.ALIAS:
      return event.anchorStart;
    default:
      return 0;
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
    starts.push(at + 1);
  }
  return starts;
}

function lineOf(offset: number, starts: readonly number[]): number {
  const after = starts.findIndex((start) => start > offset);
  return after < 0 ? starts.length : after;
}

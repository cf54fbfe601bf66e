/**
 * The plan of one command, told to a person: for `csc plan` before a run, and
 * for `csc explain` after it.
 *
 * @module
 */
import type { JsonValue } from "../core/json.ts";
import { quote } from "../core/text.ts";
import {
  at,
  itemsAt,
  numberAt,
  objectAt,
  textAt,
  textsAt,
} from "./json_parts.ts";

const LABEL_WIDTH = 13;
const MIB = 1024 * 1024;

/** Lines about one plan, as evidence and `plan` hold it; indented. */
export function planLines(plan: JsonValue): string[] {
  const lines: string[] = [];
  const say = (label: string, text: string) =>
    lines.push(`  ${label.padEnd(LABEL_WIDTH)}${text}`);
  programs(plan).forEach((text, index) =>
    say(index === 0 ? "executes" : "  pipes into", text)
  );
  say("in", quote(textAt(plan, "cwd") ?? "", 400));
  const timeout = numberAt(plan, "timeout_sec");
  if (timeout !== null) say("at most", `${timeout} s`);
  const names = [...textsAt(plan, "env"), ...textsAt(plan, "environment")];
  if (names.length > 0) say("environment", list(names));
  for (const [label, paths] of fileGroups(plan)) {
    if (paths.length > 0) say(label, list(paths));
  }
  const absent = textsAt(plan, "absent_scopes");
  if (absent.length > 0) {
    say("not there", `${list(absent)}: scopes that name nothing`);
  }
  const limits = limitTexts(plan, "limits");
  if (limits.length > 0) say("limits", limits.join(", "));
  const group = limitTexts(plan, "cgroup_where_available");
  if (group.length > 0) {
    say("together", `${group.join(", ")}, where there is a cgroup`);
  }
  if (at(plan, "tree") !== null) {
    say("network", `loopback only${socketText(plan)}`);
  }
  return lines;
}

/** Hardened plans name the file of each program, local ones only its argv. */
function programs(plan: JsonValue): string[] {
  return itemsAt(plan, "segments").map((segment) => {
    const argv = Array.isArray(segment)
      ? segment.map(String)
      : textsAt(segment, "argv");
    const file = textAt(segment, "file");
    const shown = argv.map((word) => quote(word)).join(" ");
    return file === null || file === "/"
      ? shown
      : `${quote(file, 400)}: ${shown}`;
  });
}

/** What the file tree shows, by what a command can do with it. */
function fileGroups(plan: JsonValue): (readonly [string, string[]])[] {
  const tree = itemsAt(plan, "tree");
  const binds = tree.filter((op) => textAt(op, "op") === "bind");
  const bound = (because: (reason: string) => boolean) =>
    binds.filter((op) => because(textAt(op, "because") ?? ""))
      .map((op) => textAt(op, "path") ?? "");
  const ofKind = (kind: string) =>
    tree.filter((op) => textAt(op, "op") === kind);
  const paths = (kind: string) =>
    ofKind(kind).map((op) => textAt(op, "path") ?? "");
  return [
    ["may write", bound((reason) => reason === "write")],
    ["staged", paths("overlay")],
    ["may read", bound((reason) => reason === "read" || reason === "cwd")],
    ["system", bound((reason) => reason === "system")],
    ["devices", bound((reason) => reason === "device")],
    ["private", ofKind("tmpfs").map(tmpfsText)],
    ["shown empty", paths("mask").filter((path) => !path.startsWith("/proc/"))],
  ];
}

function tmpfsText(op: JsonValue): string {
  const path = textAt(op, "path") ?? "";
  const bytes = numberAt(op, "bytes");
  return bytes === null ? path : `${path} (${size(bytes)})`;
}

/** Bounds by name; what has no name of ours is none of ours. */
function limitTexts(plan: JsonValue, member: string): string[] {
  return Object.entries(objectAt(plan, member)).flatMap(([name, value]) =>
    typeof value === "number" && /^[a-z_]+$/.test(name)
      ? [limitText(name, value)]
      : []
  );
}

/** `cpu_sec` and 300 as `cpu 300 s`. */
function limitText(name: string, value: number): string {
  const [, what = name, unit = ""] = /^(.*)_(bytes|sec)$/.exec(name) ?? [];
  const words = what.replaceAll("_", " ");
  if (unit === "bytes") return `${words} ${size(value)}`;
  return unit === "sec" ? `${words} ${value} s` : `${words} ${value}`;
}

function socketText(plan: JsonValue): string {
  return at(plan, "local_sockets") === true ? "; local sockets" : "";
}

function list(texts: readonly string[]): string {
  return texts.map((text) =>
    /^[\w@%+:./()[\] -]+$/.test(text) ? text : quote(text, 400)
  ).join(", ");
}

/** Bytes in the largest unit that needs no fraction. */
export function size(bytes: number): string {
  if (bytes >= MIB && bytes % MIB === 0) return `${bytes / MIB} MiB`;
  if (bytes >= 1024 && bytes % 1024 === 0) return `${bytes / 1024} KiB`;
  return `${bytes} bytes`;
}

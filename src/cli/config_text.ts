/**
 * What `csc config` prints. What `show` prints is a configuration itself.
 *
 * @module
 */
import type { ConfigFinding, ConfigReport } from "../config/inspect.ts";
import type {
  EffectiveConfig,
  EffectiveSetting,
  Origin,
} from "../config/origins.ts";
import type { JsonValue } from "../core/json.ts";
import { plainScalar } from "../protocol/yaml_scalar.ts";

/** YAML, with a comment after each setting if origins are asked for. */
export function showText(
  { files, settings }: EffectiveConfig,
  origins: boolean,
): string {
  const lines = [
    files.length === 0
      ? "# no configuration file"
      : `# read: ${files.join(", then ")}`,
  ];
  let above: readonly string[] = [];
  for (const setting of settings) {
    const { path, value } = setting;
    const parents = path.slice(0, -1);
    for (const [depth, name] of parents.entries()) {
      const known = above.slice(0, depth + 1).join("/") ===
        parents.slice(0, depth + 1).join("/");
      if (!known) lines.push(`${"  ".repeat(depth)}${scalar(name)}:`);
    }
    above = parents;
    const indent = "  ".repeat(parents.length);
    const name = scalar(path.at(-1) ?? "");
    // Nothing is what no text stands for.
    const text = value === null
      ? `${indent}# ${path.join(".")}: not set`
      : `${indent}${name}: ${flow(value)}`;
    lines.push(origins ? `${text}  # ${originText(setting)}` : text);
  }
  return `${lines.filter(saysSomething).join("\n")}\n`;
}

/** A mapping of which nothing is set would be null. */
function saysSomething(
  line: string,
  index: number,
  lines: readonly string[],
): boolean {
  if (!/^[^ #].*:$/.test(line)) return true;
  const rest = lines.slice(index + 1);
  const end = rest.findIndex((one) => !one.startsWith(" "));
  return rest.slice(0, end < 0 ? rest.length : end)
    .some((one) => !/^ *#/.test(one));
}

function originText({ origins, locked }: EffectiveSetting): string {
  const places = origins.map(fromText).join(" and ");
  return locked ? `${places}, locked` : places;
}

function fromText(origin: Origin): string {
  switch (origin.kind) {
    case "default":
      return "default";
    case "flag":
      return `flag ${origin.flag}`;
    case "file":
      return `${origin.path}:${origin.line}`;
  }
}

/** On one line, as YAML of either version reads it. */
function flow(value: JsonValue): string {
  return Array.isArray(value)
    ? `[${value.map(flow).join(", ")}]`
    : typeof value === "string"
    ? scalar(value)
    : JSON.stringify(value);
}

/** Text as it is where that is read as text, else in quotes. */
function scalar(text: string): string {
  if (!/^[A-Za-z/][A-Za-z0-9_./-]*$/.test(text)) return JSON.stringify(text);
  const reading = plainScalar(text);
  return reading.ok && typeof reading.value === "string"
    ? text
    : JSON.stringify(text);
}

/** One line for each file that is fine, one for each finding. */
export function checkText(reports: readonly ConfigReport[]): string {
  const lines = reports.flatMap(({ path, exists, findings }) => {
    if (findings.length === 0) return [`${path}: ${exists ? "ok" : "none"}`];
    return findings.map((finding) => findingText(path, finding));
  });
  const hints = reports.flatMap(({ findings }) =>
    findings.map(({ hint }) => hint)
  );
  return `${
    [...lines, ...[...new Set(hints)].map((hint) => `hint: ${hint}`)].join("\n")
  }\n`;
}

function findingText(
  path: string,
  { line, where, message }: ConfigFinding,
): string {
  const place = line === null ? path : `${path}:${line}`;
  return `${place}: ${where === "" ? "" : `${where}: `}${message}`;
}

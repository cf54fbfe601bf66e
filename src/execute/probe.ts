/**
 * Asks the host: what do declared paths lead to, which program does argv[0]
 * name. The only module that touches the file system for planning.
 *
 * @module
 */
import { literalPrefix, normalizePath } from "../core/path.ts";
import { type LookAt, lookAt, lookThrough } from "./look.ts";
import type {
  ExecutableFact,
  LinkFact,
  PathFact,
  ScopeFact,
} from "../plan/host_facts.ts";
import type { Ids } from "../plan/plan.ts";

/** As many links as the kernel follows in one path. */
const MAX_LINKS = 40;
const EXECUTE_BITS = 0o111;
const EACCES = 13;

/**
 * Follows an absolute POSIX path component by component, noting each link.
 * What cannot be followed (missing, not permitted, a loop) counts as missing.
 */
export function probePath(asked: string, look: LookAt = lookAt): PathFact {
  return follow(asked, look, () => {});
}

/** Where a path leads, and what decides that on the way. */
export interface Way {
  /** The path without links and dots; what is missing is taken as written. */
  readonly real: string;
  /**
   * Where each link lies, and each directory that is left by "..": whoever puts
   * a link in the place of one leads the path elsewhere.
   */
  readonly turns: readonly string[];
}

/** Follows an absolute POSIX path as `probePath` does, noting its turns. */
export function probeWay(asked: string): Way {
  const left: string[] = [];
  const fact = follow(asked, lookAt, (directory) => left.push(directory));
  // Behind something missing, dots are still there: it may yet be made.
  let real = "";
  for (const name of components(fact.real)) {
    if (name === "..") {
      left.push(real);
      real = parentOf(real);
    } else real += `/${name}`;
  }
  return {
    real: real === "" ? "/" : real,
    turns: [...fact.links.map(({ path }) => path), ...left]
      .filter((turn) => turn !== ""),
  };
}

function follow(
  asked: string,
  look: LookAt,
  leave: (directory: string) => void,
): PathFact {
  const links: LinkFact[] = [];
  const rest = components(asked);
  let real = "";
  let kind: PathFact["kind"] = "directory";
  let owner: Ids | null = null;
  while (rest.length > 0) {
    const name = rest.shift() ?? "";
    if (name === "..") {
      leave(real);
      real = parentOf(real);
      owner = null;
      continue;
    }
    const path = `${real}/${name}`;
    const there = look(path);
    if (there.kind === "link" && links.length < MAX_LINKS) {
      const { target } = there;
      links.push({ path, target });
      if (target.startsWith("/")) real = "";
      owner = null;
      rest.unshift(...components(target));
      continue;
    }
    real = path;
    if (there.kind === "unseen" || there.kind === "link") {
      return {
        asked,
        kind: "missing",
        real: [real, ...rest].join("/"),
        links,
        owner: null,
      };
    }
    kind = there.kind === "directory" ? "directory" : "file";
    owner = { uid: there.uid, gid: there.gid };
  }
  if (real === "") return { asked, kind, real: "/", links, owner: null };
  if (owner === null) {
    // The last step led up, or by a link to where we had been before.
    const there = look(real);
    if (there.kind !== "unseen") owner = { uid: there.uid, gid: there.gid };
  }
  return { asked, kind, real, links, owner };
}

/** The root is "" here, and its own parent. */
function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function components(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

/** A declared scope: the part before its first glob character. */
export function probeScope(scope: string, look: LookAt = lookAt): ScopeFact {
  const prefix = normalizePath(literalPrefix(scope) ?? scope) ?? scope;
  const path = probePath(prefix, look);
  return path.real === "/"
    ? { scope, path, parts: rootParts() }
    : { scope, path };
}

/** What csc has of its own: private, or made for each sandbox. */
const OWN_AT_ROOT = ["dev", "proc", "sys", "tmp", "var"];
const OWN_IN_VAR = ["tmp"];

/**
 * The parts of the host's tree that together show all of it but what csc has of
 * its own: the entries of / and of /var.
 */
function rootParts(): PathFact[] {
  return [
    ...entries("", OWN_AT_ROOT),
    ...(probePath("/var").real === "/var" ? entries("/var", OWN_IN_VAR) : []),
  ];
}

function entries(directory: string, except: readonly string[]): PathFact[] {
  try {
    return [...Deno.readDirSync(directory === "" ? "/" : directory)]
      .filter(({ name }) => !except.includes(name))
      .map(({ name }) => probePath(`${directory}/${name}`))
      .filter(({ kind }) => kind !== "missing");
  } catch {
    // What the caller may not list, the command could not list either.
    return [];
  }
}

/** What was found of a program, before its file was looked into. */
export type FoundFile =
  | { readonly found: true; readonly file: string }
  | Exclude<ExecutableFact, { found: true }>;

/**
 * The file that argv[0] names: itself when it holds a slash (seen from the
 * cwd), else the first executable of that name on the search path.
 */
export function findExecutable(
  name: string,
  cwd: string,
  searchPath: readonly string[],
): FoundFile {
  const candidates = name.includes("/")
    ? [name.startsWith("/") ? name : `${cwd}/${name}`]
    : searchPath.map((directory) => `${directory}/${name}`);
  let denied: string | null = null;
  for (const candidate of candidates) {
    const there = lookThrough(candidate);
    if (there.kind === "file" && (there.mode & EXECUTE_BITS) !== 0) {
      return { found: true, file: normalizePath(candidate) ?? candidate };
    }
    // What is not there leaves the others their chance, and says nothing.
    if (there.kind !== "unseen" || there.errno === EACCES) denied ??= candidate;
  }
  return denied === null
    ? {
      found: false,
      exitCode: 127,
      why: name.includes("/")
        ? "command not found"
        : `command not found in ${searchPath.join(":")}`,
    }
    : { found: false, exitCode: 126, why: "command is not executable" };
}

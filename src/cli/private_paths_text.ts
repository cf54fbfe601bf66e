/**
 * What is said of paths that only the sandbox will see. Bundled apart
 * (scripts/build/apart.ts).
 *
 * @module
 */
import { isInside, literalPrefix } from "../core/path.ts";
import { quote } from "../core/text.ts";
import {
  argvVectors,
  type Command,
  type Contract,
} from "../protocol/contract.ts";

/** Directories that each sandbox has of its own (src/plan/mounts.ts). */
const PRIVATE = ["/tmp", "/var/tmp", "/dev/shm"];

/**
 * A path below one of them in an argument, where a program or a shell would
 * read one: not at the end of another path or of a URL.
 */
const PATH =
  /(?:^(?:-\w)?|[\s=,;@|&<>(){}'"`])(\/(?:(?:var\/)?tmp|dev\/shm)\/[^\s,;|&<>(){}'"`$]+)/g;

/** How many paths a line names. */
const MOST_NAMED = 3;

/** The lines of `privatePaths`. */
export function describeLost(contract: Contract, verb: string): string[] {
  const { commands, expected_outputs = [] } = contract;
  const lines = commands.flatMap((command) => {
    const lost = namedPaths(command).filter((path) => !isShown(path, command));
    return lost.length === 0 ? [] : [describeCommand(command.id, lost, verb)];
  });
  const written = commands.flatMap(({ write_paths }) => write_paths);
  const outputs = expected_outputs.filter((path) =>
    directoryOf(path) !== undefined && !isIn(path, written)
  );
  return outputs.length === 0 ? lines : [...lines, describeOutputs(outputs)];
}

function describeCommand(
  id: string,
  paths: readonly string[],
  verb: string,
): string {
  const step = verb === "exec"
    ? 'name what is to be seen or kept with "--read" or "--write"'
    : "declare what is to be seen or kept in read_paths or write_paths";
  return `command ${quote(id)} names ${list(paths)}, in no scope: a hardened ` +
    `command has ${itsOwn(paths)}, empty at first and lost at its end; ${step}`;
}

function describeOutputs(paths: readonly string[]): string {
  return `expected outputs in no write scope: ${list(paths)}; a hardened ` +
    `command has ${
      itsOwn(paths)
    }, lost at its end; declare them in write_paths`;
}

function list(paths: readonly string[]): string {
  const named = paths.slice(0, MOST_NAMED).map((path) => quote(path));
  const more = paths.length - named.length;
  return [...named, ...more > 0 ? [`${more} more`] : []].join(", ");
}

/** `a /tmp of its own`, for the directories that these paths lie in. */
function itsOwn(paths: readonly string[]): string {
  const directories = PRIVATE.filter((directory) =>
    paths.some((path) => directoryOf(path) === directory)
  );
  return `a ${directories.join(" and ")} of its own`;
}

function directoryOf(path: string): string | undefined {
  return PRIVATE.find((directory) =>
    path !== directory && isInside(path, directory)
  );
}

/** Each once, in the order of the arguments. */
function namedPaths(command: Command): string[] {
  const found = argvVectors(command).flatMap(([, ...args]) =>
    args.flatMap((word) =>
      [...word.matchAll(PATH)].map(([, path = ""]) => path)
    )
  );
  return [...new Set(found)].filter((path) => directoryOf(path) !== undefined);
}

/** Whether the sandbox shows the host's at that path, or a part of it. */
function isShown(path: string, command: Command): boolean {
  const { cwd, read_paths, write_paths } = command;
  const scopes = [cwd, ...read_paths, ...write_paths];
  return isIn(path, scopes) ||
    scopes.some((scope) => isInside(literalPrefix(scope) ?? scope, path));
}

/** A mount shows all of a scope's part before the glob. */
function isIn(path: string, scopes: readonly string[]): boolean {
  return scopes.some((scope) => isInside(path, literalPrefix(scope) ?? scope));
}

/**
 * Where declared paths really lead, for local mode (protocol §6).
 *
 * The gate compared text; here links are followed, and what they lead to must
 * lie inside the same prefixes. Between this look and the command's own there
 * is a gap that only hardened mode closes.
 *
 * @module
 */
import { causeText, CscError } from "../core/errors.ts";
import { isInside, literalPrefix } from "../core/path.ts";
import { quote } from "../core/text.ts";
import type { Command } from "../protocol/contract.ts";
import type { Policy } from "../protocol/policy.ts";

/**
 * The cwd with links followed; null when it does not exist (yet).
 *
 * @throws CscError PATH_ESCAPE when it leaves every allowed prefix, and
 * SCOPE_UNAVAILABLE when that cannot be found out.
 */
export function resolveCwd(command: Command, policy: Policy): string | null {
  const cwd = realPathOrNull(command.cwd);
  if (cwd === null) return null;
  refuseEscape(command, "cwd", command.cwd, cwd, policy.allowed_cwd_prefixes);
  return cwd;
}

/**
 * Follows the literal prefix of every scope as far as it exists.
 *
 * @throws CscError PATH_ESCAPE or SCOPE_UNAVAILABLE, as `resolveCwd`.
 */
export function checkScopes(command: Command, policy: Policy): void {
  const groups = [
    ["read scope", command.read_paths, policy.allowed_read_prefixes],
    ["write scope", command.write_paths, policy.allowed_write_prefixes],
  ] as const;
  for (const [what, scopes, prefixes] of groups) {
    for (const scope of scopes) {
      // The gate has refused scopes without a literal prefix.
      const real = resolveExisting(literalPrefix(scope) ?? scope);
      refuseEscape(command, what, scope, real, prefixes);
    }
  }
}

function refuseEscape(
  command: Command,
  what: string,
  declared: string,
  real: string,
  prefixes: readonly string[],
): void {
  if (prefixes.some((prefix) => isInside(real, prefix))) return;
  throw new CscError(
    "PATH_ESCAPE",
    `use ${what} ${quote(declared)} of command ${quote(command.id)}: ` +
      `it leads to ${quote(real)}, outside every allowed prefix`,
    { hint: "Declare the path that it leads to, if the policy allows it." },
  );
}

/**
 * Resolves the longest part of a path that exists and appends the rest, which
 * may be made later. A link that leads nowhere counts as what it points to.
 */
function resolveExisting(path: string): string {
  const real = realPathOrNull(path);
  if (real !== null) return real;
  const trimmed = path.replace(/\/+$/, "");
  const slash = trimmed.lastIndexOf("/");
  if (slash < 0) return path;
  const parent = resolveExisting(trimmed.slice(0, slash) || "/");
  const name = trimmed.slice(slash + 1);
  const target = linkTarget(`${parent}/${name}`);
  if (target === null) return `${parent === "/" ? "" : parent}/${name}`;
  const pointed = target.startsWith("/") ? target : `${parent}/${target}`;
  // Dots in a dangling target would need resolving by hand; no honest scope
  // has them, and "outside" is the safe answer.
  return pointed.split("/").includes("..") ? "/" : resolveExisting(pointed);
}

function linkTarget(path: string): string | null {
  try {
    return Deno.readLinkSync(path);
  } catch {
    // Not a link, or nothing there: a plain name that does not exist yet.
    return null;
  }
}

function realPathOrNull(path: string): string | null {
  try {
    return Deno.realPathSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    if (error instanceof Deno.errors.NotADirectory) return null;
    throw new CscError(
      "SCOPE_UNAVAILABLE",
      `resolve ${quote(path)}: ${causeText(error)}`,
      {
        hint: "The user who runs csc must be able to enter every directory " +
          "above it.",
        cause: error,
      },
    );
  }
}

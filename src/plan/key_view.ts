/**
 * How a signing key is kept out of a view of the host. Bundled apart
 * (scripts/build/apart.ts): few runs show the directory of the key.
 *
 * @module
 */
import { isInside } from "../core/path.ts";
import { quote } from "../core/text.ts";
import type { CommandFacts } from "./host_facts.ts";
import type { BindOp } from "./plan.ts";
import { keyShown } from "./refusals.ts";
import type { Seal } from "./seal.ts";

/**
 * The directory that is covered to hide a key in a view of the whole host:
 * covering the file alone would not hide a key that is renamed into its place.
 */
export function keyDirectory(
  commandId: string,
  shown: readonly BindOp[],
  facts: CommandFacts,
  seal: Seal,
): string {
  const refuse = ({ because, source }: Pick<BindOp, "because" | "source">) =>
    keyShown(
      `command ${quote(commandId)}: ${SHOWN[because] ?? because} ${
        quote(source)
      }`,
      seal,
    );
  const system = shown.find(({ because }) => because === "system");
  const whole = facts.reads.some(({ path }) => path.real === "/");
  if (system !== undefined || !whole) throw refuse(system ?? shown[0]!);
  const directory = seal.path.slice(0, seal.path.lastIndexOf("/"));
  const needed = [...facts.reads, ...facts.writes].map(({ path }) => path);
  const covered = [...needed, facts.cwd].some(({ real }) =>
    isInside(real, directory)
  );
  if (directory === "" || covered) {
    throw refuse({ because: "read", source: "/" });
  }
  return directory;
}

/** For people: why the tree shows something. */
const SHOWN: Readonly<Record<string, string>> = {
  system: "system directory",
  read: "read scope",
  write: "write scope",
};

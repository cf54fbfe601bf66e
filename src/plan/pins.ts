/**
 * What a command executes, held in place: each planned program and interpreter
 * becomes a read-only mount of the very file that was found.
 *
 * @module
 */
import { isInside } from "../core/path.ts";
import type { ExecutableFact, FileFact } from "./host_facts.ts";
import type { BindOp, HoldOp, PinOp, TreeOp } from "./plan.ts";

/** What executing these programs adds to a tree, and by which path each starts. */
export interface Pinned {
  readonly ops: readonly (HoldOp | PinOp)[];
  /** One for each segment; "/" where there is no such program. */
  readonly files: readonly string[];
}

/**
 * Pins the executables of a command, all of whose scopes and masks are in
 * `tree`. What the tree does not show has no pin: it cannot be executed.
 *
 * A program in a scope is started by descriptor, so that whatever happens to
 * its path outside meanwhile, nothing else is started. A script cannot be: its
 * interpreter opens it by its name. Where the command may write on the way
 * there, each directory of that way is held, and no link of it is followed.
 */
export function pinExecutables(
  tree: readonly TreeOp[],
  executables: readonly ExecutableFact[],
): Pinned {
  const pins = new Map<string, PinOp>();
  const held = new Map<string, HoldOp>();
  const files = executables.map((fact, segment) => {
    if (!fact.found) return "/";
    for (const [index, file] of fact.chain.entries()) {
      const cover = coverOf(tree, file.real);
      if (cover === null) break;
      const interpreter = index > 0;
      // A segment before this one could lead the way elsewhere meanwhile.
      if (interpreter && segment > 0 && isLedByCommand(tree, file)) break;
      const byDescriptor = !interpreter && !file.script &&
        cover.because !== "system";
      addPin(pins, {
        op: "pin",
        path: file.real,
        device: file.device,
        inode: file.inode,
        segments: [segment],
        byDescriptor,
        lifted: cover.noExec,
        interpreter,
      });
      if (byDescriptor || cover.readOnly) continue;
      for (const hold of holdsOnTheWay(cover.path, file.real)) {
        const again = tree.some((op) =>
          op.op === "hold" && op.path === hold.path
        );
        if (!again) held.set(hold.path, hold);
      }
    }
    return startedFrom(tree, fact.file, fact.chain[0]);
  });
  return { ops: [...held.values(), ...pins.values()], files };
}

/** Directories below `cover` on the way to `path`: none can be renamed then. */
export function holdsOnTheWay(cover: string, path: string): HoldOp[] {
  const names = path.slice(cover.length + 1).split("/").slice(0, -1);
  return names.map((_, index) => ({
    op: "hold",
    path: `${cover}/${names.slice(0, index + 1).join("/")}`,
    readOnly: false,
    directory: true,
    because: "way",
  }));
}

/** What shows `path`: of those that hold it, the last lies on top. */
export function coverOf(tree: readonly TreeOp[], path: string): BindOp | null {
  const cover = tree.findLast((op) =>
    (op.op === "bind" || op.op === "mask") && isInside(path, op.path)
  );
  return cover?.op === "bind" ? cover : null;
}

function addPin(pins: Map<string, PinOp>, pin: PinOp): void {
  const all = [pins.get(pin.path), pin].filter((one) => one !== undefined);
  // A script's interpreter is no descriptor for the script to start from.
  const started = all.filter(({ byDescriptor }) => byDescriptor);
  pins.set(pin.path, {
    ...pin,
    segments: (started.length > 0 ? started : all)
      .flatMap(({ segments }) => segments),
    byDescriptor: started.length > 0,
    interpreter: all.some(({ interpreter }) => interpreter),
  });
}

/** As it was found, unless the command could lead a link on the way elsewhere. */
function startedFrom(
  tree: readonly TreeOp[],
  found: string,
  file: FileFact | undefined,
): string {
  return file !== undefined && isLedByCommand(tree, file) ? file.real : found;
}

/** Whether a link on the way to a file lies where the command may write. */
function isLedByCommand(
  tree: readonly TreeOp[],
  { links }: FileFact,
): boolean {
  return links.some(({ path }) => coverOf(tree, path)?.readOnly === false);
}

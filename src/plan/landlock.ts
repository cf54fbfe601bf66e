/**
 * The second wall, behind the mounts: what Landlock is to allow a command,
 * worked out from the file tree of its sandbox. Pure.
 *
 * A rule is bound to a directory that the sandbox shows, not to a name: what
 * becomes reachable in some other way, by a fault of csc or of a mount, has no
 * rule and is refused.
 *
 * TCP is not handled. Landlock knows ports and no addresses, and the sandbox
 * has a network of its own in which there is loopback alone: there a program
 * may talk to itself by any port.
 *
 * @module
 */
import type { JsonObject } from "../core/json.ts";
import { isInside } from "../core/path.ts";
import type { LandlockPlan, LandlockRule, TreeOp } from "./plan.ts";
import { landlockLacking } from "./refusals.ts";
import type { SandboxProfile } from "./sandbox_profile.ts";

/** LANDLOCK_ACCESS_FS_*: name in the evidence, bit, ABI that it came with. */
const RIGHTS = [
  ["execute", 0, 1],
  ["write_file", 1, 1],
  ["read_file", 2, 1],
  ["read_dir", 3, 1],
  ["remove_dir", 4, 1],
  ["remove_file", 5, 1],
  ["make_char", 6, 1],
  ["make_dir", 7, 1],
  ["make_reg", 8, 1],
  ["make_sock", 9, 1],
  ["make_fifo", 10, 1],
  ["make_block", 11, 1],
  ["make_sym", 12, 1],
  ["refer", 13, 2],
  ["truncate", 14, 3],
  ["ioctl_dev", 15, 5],
] as const;

/** LANDLOCK_SCOPE_*. */
const SCOPES = [
  ["abstract_unix_socket", 0, 6],
  ["signal", 1, 6],
] as const;

type Right = typeof RIGHTS[number][0];
type Row = readonly [name: string, bit: number, abi: number];

/**
 * Before it, every rename or link between two directories is refused whatever
 * the rules say, and programs do that all the time.
 */
const LEAST_ABI = 2;

/** From here on it can be told what not to write to the host's audit log. */
const LOG_ABI = 7;
/** Domains that the command makes of its own: it could fill the log by them. */
const LOG_SUBDOMAINS_OFF = 4;

const READ = rights("execute", "read_file", "read_dir");
/** All but device nodes, which nobody inside may make anyway. */
const WRITE = READ | rights(
  "write_file",
  "remove_dir",
  "remove_file",
  "make_dir",
  "make_reg",
  "make_sock",
  "make_fifo",
  "make_sym",
  "refer",
  "truncate",
);
const DEVICE = rights("read_file", "write_file", "truncate", "ioctl_dev");
/** More than these a rule on what is no directory must not name. */
const OF_FILES = rights(
  "execute",
  "write_file",
  "read_file",
  "truncate",
  "ioctl_dev",
);

/**
 * Directories of the private root that hold nothing but what csc has put there:
 * one rule does for all of it.
 */
const GATHERED = ["/dev", "/etc"];

/**
 * What Landlock of this version is to do for a sandbox with this tree. Throws
 * SANDBOX_UNAVAILABLE where the profile requires all of it and the kernel has
 * less.
 */
export function planLandlock(
  tree: readonly TreeOp[],
  abi: number,
  profile: SandboxProfile,
): LandlockPlan {
  const { handled, scoped, flags, lost } = downgrade(abi);
  if (lost.length > 0 && profile.landlock === "required") {
    throw landlockLacking(abi, lost, profile);
  }
  const rules = handled === 0 ? [] : rulesOf(tree)
    .map(({ path, rights }) => ({ path, rights: rights & handled }));
  return Object.freeze({ abi, handled, scoped, flags, rules, lost });
}

/** What a version handles of all that csc asks for, and what it does not. */
export function downgrade(
  abi: number,
): Pick<LandlockPlan, "handled" | "scoped" | "flags" | "lost"> {
  const known = abi < LEAST_ABI ? 0 : abi;
  return {
    handled: bits(RIGHTS, known),
    scoped: bits(SCOPES, known),
    flags: known >= LOG_ABI ? LOG_SUBDOMAINS_OFF : 0,
    lost: [...RIGHTS, ...SCOPES]
      .filter(([, , since]) => since > known)
      .map(([name]) => name),
  };
}

function bits(rows: readonly Row[], abi: number): number {
  return rows.reduce(
    (all, [, bit, since]) => since <= abi ? all | 1 << bit : all,
    0,
  );
}

function rights(...names: readonly Right[]): number {
  return RIGHTS.reduce(
    (all, [name, bit]) => names.includes(name) ? all | 1 << bit : all,
    0,
  );
}

/** What each part of the tree grants, hidden parts left out. */
function rulesOf(tree: readonly TreeOp[]): LandlockRule[] {
  const hidden = hiddenIn(tree);
  // The private root lets itself be listed; its files have rules below.
  const granted = new Map([["/", rights("read_dir")]]);
  for (const [index, op] of tree.entries()) {
    const right = rightsOf(op);
    if (right === 0 || hidden(op.path, index)) continue;
    const own = op.op === "bind"
      ? op.because === "system" || op.because === "device"
      : op.op !== "overlay";
    const path = own ? gathered(op.path) : op.path;
    // A directory takes what a file of it may not.
    const may = path !== op.path || isDirectory(op) ? right : right & OF_FILES;
    granted.set(path, (granted.get(path) ?? 0) | may);
  }
  return [...granted].map(([path, rights]) => ({ path, rights }));
}

function gathered(path: string): string {
  return GATHERED.find((parent) => path !== parent && isFileIn(path, parent)) ??
    path;
}

/** /dev/shm is a file system of its own, with rights of its own. */
function isFileIn(path: string, parent: string): boolean {
  return isInside(path, parent) && path !== "/dev/shm";
}

function rightsOf(op: TreeOp): number {
  switch (op.op) {
    case "bind":
      if (op.devices) return DEVICE;
      return op.readOnly ? READ : WRITE;
    case "overlay":
    case "tmpfs":
      return WRITE;
    case "proc":
      return rights("read_file", "read_dir");
    case "file":
      return rights("read_file");
    default:
      // Directories and links are the private root's; what is masked shows
      // through the rule of what is around it.
      return 0;
  }
}

function isDirectory(op: TreeOp): boolean {
  return op.op === "bind" ? op.directory : op.op !== "file";
}

/** Operations that lie on top of what was at their path. */
const SHOWS: readonly TreeOp["op"][] = ["bind", "overlay", "tmpfs", "proc"];

/** Tells what a later mount lies on top of: its path leads to that one. */
function hiddenIn(
  tree: readonly TreeOp[],
): (path: string, index: number) => boolean {
  const last = new Map<string, number>();
  for (const [index, op] of tree.entries()) {
    if (SHOWS.includes(op.op)) {
      last.set(op.path, index);
    }
  }
  return (path, index) => {
    for (let at = path; at !== "";) {
      if ((last.get(at) ?? -1) > index) return true;
      at = at.slice(0, at.lastIndexOf("/"));
    }
    return false;
  };
}

/** The second wall as data for the evidence. */
export function landlockJson(plan: LandlockPlan): JsonObject {
  return {
    abi: plan.abi,
    handled: names(RIGHTS, plan.handled),
    scoped: names(SCOPES, plan.scoped),
    rules: plan.rules.map(({ path, rights }) => ({
      path,
      rights: names(RIGHTS, rights),
    })),
    lost: plan.lost,
  };
}

function names(rows: readonly Row[], mask: number): string[] {
  return rows.filter(([, bit]) => (mask & 1 << bit) !== 0)
    .map(([name]) => name);
}

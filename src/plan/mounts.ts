/**
 * The file tree of one sandbox: a skeleton of its own, the host's system
 * directories read-only, and the declared scopes at their own paths.
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { isInside } from "../core/path.ts";
import { quote } from "../core/text.ts";
import type { BindOp, Ids, TreeOp } from "./plan.ts";
import type {
  CommandFacts,
  HostFacts,
  PathFact,
  ScopeFact,
} from "./host_facts.ts";
import type { SandboxProfile } from "./sandbox_profile.ts";

/** Device nodes that programs expect and that hold nothing of the host. */
const DEVICES = ["null", "zero", "full", "random", "urandom"];

const DEVICE_LINKS: readonly (readonly [path: string, target: string])[] = [
  ["/dev/fd", "/proc/self/fd"],
  ["/dev/stdin", "/proc/self/fd/0"],
  ["/dev/stdout", "/proc/self/fd/1"],
  ["/dev/stderr", "/proc/self/fd/2"],
];

/** The network is loopback alone, and this is how programs find it by name. */
const HOSTS = "127.0.0.1 localhost csc\n::1 localhost\n";

/** Reading here tells about the machine and its other users. */
const PROC_MASKED = [
  "/proc/latency_stats",
  "/proc/sched_debug",
  "/proc/keys",
  "/proc/key-users",
  "/proc/kallsyms",
  "/proc/acpi",
  "/proc/scsi",
  "/proc/asound",
  "/proc/interrupts",
];

/** What root may read and others may not; only a command of root needs this. */
const PROC_MASKED_FOR_ROOT = [
  "/proc/kcore",
  "/proc/kmsg",
  "/proc/timer_list",
  "/proc/kpageflags",
  "/proc/kpagecount",
  "/proc/kpagecgroup",
  "/proc/slabinfo",
  "/proc/vmallocinfo",
  "/proc/pagetypeinfo",
  "/proc/iomem",
  "/proc/ioports",
];

/** One inode for each entry; far more than any tmpfs of a build needs. */
const BYTES_PER_INODE = 4096;

/** The tree before any scope: the same for every command of a run. */
export function baseTree(host: HostFacts, profile: SandboxProfile): TreeOp[] {
  const tree: TreeOp[] = [];
  for (const fact of host.systemDirs) showPath(tree, fact, "system");
  for (const fact of host.etc) showPath(tree, fact, "system");
  const shown = tree.some((op) =>
    op.op === "bind" && isInside("/etc/hosts", op.path)
  );
  if (!shown) {
    tree.push({ op: "file", path: "/etc/hosts", mode: 0o444, text: HOSTS });
  }
  for (const name of DEVICES) {
    const path = `/dev/${name}`;
    tree.push({
      op: "bind",
      source: path,
      path,
      // Writing to the device works all the same; changing its mode does not.
      readOnly: true,
      directory: false,
      noExec: false,
      devices: true,
      because: "device",
      owner: null,
    });
  }
  for (const [path, target] of DEVICE_LINKS) {
    tree.push({ op: "symlink", path, target });
  }
  tree.push({ op: "proc", path: "/proc" });
  const masked = host.runAs.uid === 0
    ? [...PROC_MASKED, ...PROC_MASKED_FOR_ROOT]
    : PROC_MASKED;
  for (const path of masked) tree.push({ op: "mask", path });
  tree.push(
    privateTmpfs("/tmp", profile),
    privateTmpfs("/dev/shm", profile),
    { op: "dir", path: "/var", mode: 0o755 },
    privateTmpfs("/var/tmp", profile),
    { op: "dir", path: "/run", mode: 0o755 },
  );
  return tree;
}

function privateTmpfs(
  path: string,
  { tmpBytes: bytes, execFromWriteScopes }: SandboxProfile,
): TreeOp {
  const inodes = Math.max(1024, Math.floor(bytes / BYTES_PER_INODE));
  const noExec = !execFromWriteScopes;
  return { op: "tmpfs", path, mode: 0o1777, bytes, inodes, noExec };
}

/**
 * The declared scopes and the cwd, shallow before deep, so that a deeper scope
 * comes to lie on top. A write scope wins over a read scope that covers it or
 * lies in it: what may be written may be read.
 *
 * `cwdReadable`: the policy lets the cwd be read, so it is shown read-only;
 * otherwise a cwd outside every scope is an empty directory. `base` is the tree
 * that these operations follow: what it shows is there and needs no making. The
 * root as cwd is the sandbox's own. `asOwner`: the command's user stands in for
 * the owner of each of them. `execFromWriteScopes`: as in the sandbox profile.
 */
export function scopeTree(
  base: readonly TreeOp[],
  facts: CommandFacts,
  cwdReadable: boolean,
  asOwner: boolean,
  execFromWriteScopes = false,
): TreeOp[] {
  const wanted: BindOp[] = [
    ...facts.writes.map(({ path }) =>
      bindOf(path, "write", asOwner, !execFromWriteScopes)
    ),
    ...facts.reads.flatMap((scope) => readBinds(base, scope, asOwner)),
    ...(cwdReadable && facts.cwd.real !== "/"
      ? [bindOf(facts.cwd, "cwd", asOwner)]
      : []),
  ].filter((bind) => bind !== null);
  // A stable sort: of equal paths the write scope, listed first, stays first.
  wanted.sort((a, b) => depth(a.path) - depth(b.path));
  const binds: BindOp[] = [];
  for (const bind of wanted) {
    const cover = binds.findLast((other) => isInside(bind.path, other.path));
    const more = cover === undefined || (cover.readOnly && !bind.readOnly) ||
      (cover.owner === null && bind.owner !== null);
    if (more) binds.push(bind);
  }
  const tree: TreeOp[] = [...base, ...binds];
  const all = [...facts.writes, ...facts.reads]
    .flatMap(({ path, parts = [] }) => [path, ...parts]);
  for (const fact of [...all, facts.cwd]) showLinks(tree, fact);
  if (facts.cwd.real !== "/" && !isShown(tree, facts.cwd.real)) {
    tree.push({ op: "dir", path: facts.cwd.real, mode: 0o755 });
  }
  return tree.slice(base.length);
}

/**
 * A read scope as it is shown. The host's root is shown part by part, each on
 * a directory of the private root: what csc has of its own stays, and so does
 * what the base shows already. Nobody stands in for the owner there: it has
 * many, and mounts that could not be shown so.
 */
function readBinds(
  base: readonly TreeOp[],
  { path, parts = [] }: ScopeFact,
  asOwner: boolean,
): (BindOp | null)[] {
  if (path.real !== "/") return [bindOf(path, "read", asOwner)];
  return parts
    .filter(({ links, real }) => links.length === 0 && !isShown(base, real))
    .map((part) => bindOf(part, "read", false));
}

/** The bind of a write scope; null where there is nothing to show. */
export function scopeBind(
  fact: PathFact,
  { execFromWriteScopes }: SandboxProfile,
  asOwner: boolean,
): BindOp | null {
  return bindOf(fact, "write", asOwner, !execFromWriteScopes);
}

function bindOf(
  fact: PathFact,
  because: string,
  asOwner: boolean,
  noExec = false,
): BindOp | null {
  if (fact.kind === "missing") return null;
  return {
    op: "bind",
    source: fact.real,
    path: fact.real,
    readOnly: because !== "write",
    directory: fact.kind === "directory",
    noExec,
    devices: false,
    because,
    owner: asOwner ? ownerOf(fact) : null,
  };
}

/** Only the root has no known owner, and it is never shown as a whole. */
function ownerOf({ real, owner }: PathFact): Ids {
  if (owner !== null) return owner;
  throw new CscError("INTERNAL", `plan ${quote(real)}: its owner is not known`);
}

/** Shows an existing path where it really lies, and the links that lead there. */
function showPath(tree: TreeOp[], fact: PathFact, because: string): void {
  // Everybody may read these: nobody needs to stand in for their owner.
  const bind = bindOf(fact, because, false);
  if (bind === null) return;
  showLinks(tree, fact);
  if (!isShown(tree, bind.path)) tree.push(bind);
}

/** Repeats links in the skeleton that no shown directory holds already. */
function showLinks(tree: TreeOp[], fact: PathFact): void {
  if (fact.kind === "missing") return;
  for (const { path, target } of fact.links) {
    const made = tree.some((op) => op.op !== "bind" && op.path === path);
    if (!made && !isShown(tree, path)) {
      tree.push({ op: "symlink", path, target });
    }
  }
}

/** True when a part of the host's tree already holds `path`. */
function isShown(tree: readonly TreeOp[], path: string): boolean {
  return tree.some((op) => op.op === "bind" && isInside(path, op.path));
}

function depth(path: string): number {
  return path.split("/").length;
}

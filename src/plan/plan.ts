/**
 * The Plan: everything one sandbox is made of, as frozen data.
 *
 * Built before anything starts, printed by `csc plan`, hashed into the
 * evidence, sent to the launcher, and only replayed there.
 *
 * @module
 */

/** One operation on the sandbox's file tree, carried out in order. */
export type TreeOp =
  | { readonly op: "dir"; readonly path: string; readonly mode: number }
  | { readonly op: "symlink"; readonly path: string; readonly target: string }
  /** A small file of csc's own. */
  | {
    readonly op: "file";
    readonly path: string;
    readonly mode: number;
    readonly text: string;
  }
  | BindOp
  | OverlayOp
  | TmpfsOp
  /** A new procfs, read-only: its modes are those of the whole machine. */
  | { readonly op: "proc"; readonly path: string }
  /** Shown empty, where it exists. */
  | { readonly op: "mask"; readonly path: string }
  | HoldOp
  | PinOp;

/** A part of the host's tree, shown in the sandbox. */
export interface BindOp {
  readonly op: "bind";
  /** Resolved path on the host: without links. */
  readonly source: string;
  readonly path: string;
  readonly readOnly: boolean;
  readonly directory: boolean;
  /** Nothing there is executed, nor mapped as code. */
  readonly noExec: boolean;
  /** Device nodes work; only for the few that csc shows itself. */
  readonly devices: boolean;
  /** Why it is there: "system", "read", "write", "cwd", "device", "program". */
  readonly because: string;
  /**
   * Who owns the source on disk; inside, the command's user stands in the place
   * of that one, whose files it reads and whose files it makes (an idmapped
   * mount). null: shown as it is.
   */
  readonly owner: Ids | null;
}

/** A directory of the host whose changes go elsewhere (a staged write scope). */
export interface OverlayOp {
  readonly op: "overlay";
  /** Resolved path on the host: without links. */
  readonly source: string;
  readonly path: string;
  /** Directory of csc's own that holds "upper" and "work<number>". */
  readonly layers: string;
  /** As of a bind. */
  readonly noExec: boolean;
  /** Each mount has a work directory of its own. */
  readonly work: number;
  /** Who owns the source on disk, and so the layers. */
  readonly owner: Ids;
}

/** A user and a group, by number. */
export interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/** As whom a command runs. */
export interface Identity extends Ids {
  /**
   * csc was started by root, and the command runs as somebody else. False: it
   * runs as csc's own user, whatever the numbers inside.
   */
  readonly switched: boolean;
}

/**
 * What the tree shows already, mounted on itself: from inside it can be neither
 * renamed nor removed.
 */
export interface HoldOp {
  readonly op: "hold";
  readonly path: string;
  readonly readOnly: boolean;
  readonly directory: boolean;
  /** A protected path; or a directory on the way to something that stays. */
  readonly because: "protected" | "way";
}

/** An executable that stays the very file that was found, read-only. */
export interface PinOp {
  readonly op: "pin";
  readonly path: string;
  readonly device: bigint;
  readonly inode: bigint;
  /** By index: the segments that are started from it. */
  readonly segments: readonly number[];
  /** They are started by a descriptor of it, and not by its path. */
  readonly byDescriptor: boolean;
  /** What shows it is noexec by this plan, and this one file is not. */
  readonly lifted: boolean;
  /** Executed in place of scripts. */
  readonly interpreter: boolean;
}

/** A file that can be executed where little else can. */
export interface AllowedFile {
  readonly path: string;
  readonly device: bigint;
  readonly inode: bigint;
}

/** A private file system in memory. */
export interface TmpfsOp {
  readonly op: "tmpfs";
  readonly path: string;
  readonly noExec: boolean;
  readonly mode: number;
  readonly bytes: number;
  readonly inodes: number;
}

/** A bound of the kernel on one process or one user namespace (setrlimit). */
export interface Limit {
  readonly name: string;
  /** RLIMIT_* number of Linux, the same on x86-64 and aarch64. */
  readonly resource: number;
  readonly value: number;
}

/** A bound on all of the sandbox together, where a cgroup can be had. */
export interface CgroupLimits {
  readonly memoryBytes: number;
  readonly processes: number;
}

/** One program of a command; a pipeline has several. */
export interface PlannedSegment {
  /** Resolved absolute path that is executed. */
  readonly file: string;
  readonly argv: readonly string[];
}

/** What Landlock allows a command beneath one path, as seen inside. */
export interface LandlockRule {
  readonly path: string;
  /** LANDLOCK_ACCESS_FS_*. */
  readonly rights: number;
}

/** The second wall: what Landlock handles, and so refuses but by its rules. */
export interface LandlockPlan {
  /** Version that the kernel has; 0 for none. */
  readonly abi: number;
  /** LANDLOCK_ACCESS_FS_*; 0: there is no such wall. */
  readonly handled: number;
  /** LANDLOCK_SCOPE_*. */
  readonly scoped: number;
  /** LANDLOCK_RESTRICT_SELF_*. */
  readonly flags: number;
  readonly rules: readonly LandlockRule[];
  /** What a newer kernel would have refused besides. */
  readonly lost: readonly string[];
}

/** All of one sandbox. */
export interface Plan {
  readonly commandId: string;
  readonly runAs: Identity;
  readonly root: { readonly bytes: number; readonly inodes: number };
  readonly tree: readonly TreeOp[];
  readonly landlock: LandlockPlan;
  readonly limits: readonly Limit[];
  readonly cgroup: CgroupLimits;
  readonly hostname: string;
  readonly cwd: string;
  /** NAME=VALUE; values never leave this process but to the command. */
  readonly env: readonly string[];
  readonly segments: readonly PlannedSegment[];
  readonly timeoutSec: number;
  /** Sockets of the AF_UNIX family may be made. */
  readonly localSockets: boolean;
  /** All that can be executed; null: what the mounts let be. */
  readonly allowed: readonly AllowedFile[] | null;
  /** Write scopes that name a protected path themselves. */
  readonly askedFor: readonly string[];
  /** Declared scopes that name nothing on this host, and so show nothing. */
  readonly absent: readonly string[];
}

/**
 * What planning knows about the host, as data: gathered by execute/probe.ts,
 * so that planning itself asks the kernel nothing and can be tested anywhere.
 *
 * @module
 */
import type { Identity, Ids } from "./plan.ts";

/** A symbolic link met while resolving a path. */
export interface LinkFact {
  /** Where the link lies, itself without links. */
  readonly path: string;
  /** Its text. */
  readonly target: string;
}

/** What one absolute path leads to. */
export interface PathFact {
  /** The path that was asked about. */
  readonly asked: string;
  readonly kind: "directory" | "file" | "missing";
  /** The path without links; for a missing one as far as it could be followed. */
  readonly real: string;
  /** Links on the way, in the order met. */
  readonly links: readonly LinkFact[];
  /** Who owns what is there; null for what is missing, and for the root. */
  readonly owner: Ids | null;
}

/** A file that is executed: a program, or an interpreter of it. */
export interface FileFact {
  /** The path without links. */
  readonly real: string;
  /** Links on the way there, in the order met. */
  readonly links: readonly LinkFact[];
  /** Which file it was when looked at. */
  readonly device: bigint;
  readonly inode: bigint;
  /** Its first line names an interpreter, which is executed in its place. */
  readonly script: boolean;
}

/** What argv[0] leads to. */
export type ExecutableFact =
  | {
    readonly found: true;
    readonly file: string;
    /** The file itself, then the interpreters behind it. */
    readonly chain: readonly FileFact[];
  }
  | {
    readonly found: false;
    readonly exitCode: 126 | 127;
    readonly why: string;
  };

/** A declared scope of a command. */
export interface ScopeFact {
  /** As the contract wrote it. */
  readonly scope: string;
  readonly path: PathFact;
  /** For the root of the host: what of it is shown, part by part. */
  readonly parts?: readonly PathFact[];
}

/** A protected path that exists in a write scope. */
export interface ProtectedFact {
  /** Where it is named; of a file in the place of its directory, that file. */
  readonly path: string;
  /** What can be held there, without links; null: a link that leads nowhere. */
  readonly place: string | null;
  readonly directory: boolean;
  /** The text of the link on the way there; null without one. */
  readonly link: string | null;
}

/** Everything that planning one command needs to know. */
export interface CommandFacts {
  readonly cwd: PathFact;
  readonly reads: readonly ScopeFact[];
  readonly writes: readonly ScopeFact[];
  readonly protectedPaths: readonly ProtectedFact[];
  /** One for each segment. */
  readonly executables: readonly ExecutableFact[];
  /** What `exec: strict` lets it execute; null where it is not that strict. */
  readonly allowed: readonly FileFact[] | null;
  /** Values of the named variables that exist. */
  readonly env: readonly (readonly [name: string, value: string])[];
}

/** What is the same for all commands of a run. */
export interface HostFacts {
  /** As whom the commands run. */
  readonly runAs: Identity;
  /** Version of Landlock that the kernel has; 0 for none. */
  readonly landlockAbi: number;
  readonly systemDirs: readonly PathFact[];
  readonly etc: readonly PathFact[];
  /** A policy's prefixes with links followed, keyed by the prefix as written. */
  readonly realPrefixes: ReadonlyMap<string, string>;
}

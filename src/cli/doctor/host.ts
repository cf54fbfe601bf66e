/**
 * What `csc doctor` looks at: the host behind one small interface, so that a
 * test can be any host.
 *
 * @module
 */

/** Owner and mode of a file. */
export interface FileFacts {
  readonly uid: number;
  /** Permission bits only. */
  readonly mode: number;
  readonly kind: "file" | "directory" | "other";
}

/** The host, as far as sandboxes depend on it. */
export interface Host {
  /** Text of a file, or null where it cannot be read. */
  read(path: string): string | null;
  /** What lies at a path (links followed), or null. */
  look(path: string): FileFacts | null;
  env(name: string): string | undefined;
  readonly uid: number;
}

const PERMISSIONS = 0o7777;

/** The host that csc runs on. */
export function realHost(
  uid: number,
  env: (name: string) => string | undefined,
): Host {
  return {
    uid,
    env,
    read(path) {
      try {
        return Deno.readTextFileSync(path);
      } catch {
        return null;
      }
    },
    look(path) {
      try {
        const info = Deno.statSync(path);
        return {
          uid: info.uid ?? -1,
          mode: (info.mode ?? 0) & PERMISSIONS,
          kind: info.isFile ? "file" : info.isDirectory ? "directory" : "other",
        };
      } catch {
        return null;
      }
    },
  };
}

/**
 * Who starts the attack: the gate's own user and, where that is root, an
 * unprivileged one as well. The walls must hold for both, and they are built
 * by different means.
 *
 * @module
 */

/** The identity under which both halves of an attack test run. */
export interface Caller {
  readonly name: "root" | "user";
  readonly uid: number;
  readonly gid: number;
  /** What is put before an argv so that it runs as this caller. */
  readonly prefix: readonly string[];
}

/** A uid that no distribution assigns. */
const UNPRIVILEGED = 54321;

/** Root and an unprivileged user when started by root, else only oneself. */
export function callers(): readonly Caller[] {
  const uid = Deno.uid();
  const gid = Deno.gid();
  if (uid === null || gid === null) {
    throw new Error("the sandbox tests need Linux");
  }
  if (uid !== 0) return [{ name: "user", uid, gid, prefix: [] }];
  const id = String(UNPRIVILEGED);
  return [
    { name: "root", uid: 0, gid: 0, prefix: [] },
    {
      name: "user",
      uid: UNPRIVILEGED,
      gid: UNPRIVILEGED,
      prefix: [
        "setpriv",
        `--reuid=${id}`,
        `--regid=${id}`,
        "--clear-groups",
        "--inh-caps=-all",
      ],
    },
  ];
}

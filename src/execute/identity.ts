/**
 * As whom commands run: as csc's own user, or, where that is root, as another
 * one. A uid 0 without any capability still owns root's files, and that is
 * more than a command needs.
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import type { Identity, Ids } from "../plan/plan.ts";
import { DEFAULT_RUN_AS, KEEP_ROOT } from "../plan/sandbox_profile.ts";

/** Linux's own number for nobody, where /etc/passwd does not name any. */
const NOBODY: Ids = { uid: 65534, gid: 65534 };

/** The kernel keeps the largest number for "no id". */
const MAX_ID = 0xffff_fffe;

/**
 * Who runs the commands of a csc that `caller` has started.
 *
 * Root of a container that is somebody else outside (rootless) is an ordinary
 * user to the kernel, may change no owners, and need not: its commands keep its
 * rights, and are nobody by number only.
 *
 * `wanted` is the `run_as` of the sandbox profile; its default and "keep-root"
 * speak of root's commands only. Throws CONFIG_INVALID for a user that does not
 * exist or is root, NOT_ENFORCEABLE where only root could give a command that
 * user.
 */
export function findIdentity(
  wanted: string,
  caller: Ids,
  read: (path: string) => string = readText,
): Identity {
  const keep = { uid: caller.uid, gid: caller.gid, switched: false };
  if (wanted === KEEP_ROOT) return keep;
  if (caller.uid !== 0) {
    if (wanted === DEFAULT_RUN_AS) return keep;
    const ids = findUser(wanted, read);
    if (ids.uid === caller.uid && ids.gid === caller.gid) return keep;
    throw new CscError(
      "NOT_ENFORCEABLE",
      `run commands as ${quote(wanted)} (uid ${ids.uid}, gid ${ids.gid}): ` +
        `csc was started by uid ${caller.uid}, gid ${caller.gid}, and only ` +
        "root can give a command another user",
      {
        hint:
          'Remove "run_as" from the configuration, or start csc as that user or as root.',
      },
    );
  }
  const ids = findUser(wanted, read);
  if (ids.uid !== 0 && ids.gid !== 0) {
    const switched = wanted !== DEFAULT_RUN_AS ||
      isRootOutside(read("/proc/self/uid_map"));
    return { ...ids, switched };
  }
  throw new CscError(
    "CONFIG_INVALID",
    `run commands as ${quote(wanted)} (uid ${ids.uid}, ` +
      `gid ${ids.gid}): neither may be 0`,
    {
      hint: `Name another user in "run_as"; to stay root, "${KEEP_ROOT}".`,
    },
  );
}

/** False where the map of this user namespace makes uid 0 somebody else's. */
function isRootOutside(map: string): boolean {
  const first = /^\s*0\s+(\d+)\s/m.exec(map)?.[1];
  return first === undefined || Number(first) === 0;
}

function findUser(wanted: string, read: (path: string) => string): Ids {
  const numbers = /^(\d+):(\d+)$/.exec(wanted);
  const ids = numbers === null
    ? fromPasswd(wanted, read("/etc/passwd"))
    : { uid: Number(numbers[1]), gid: Number(numbers[2]) };
  if (ids !== null && ids.uid <= MAX_ID && ids.gid <= MAX_ID) return ids;
  if (wanted === DEFAULT_RUN_AS && ids === null) return NOBODY;
  throw new CscError(
    "CONFIG_INVALID",
    `run commands as ${quote(wanted)}: ${
      ids === null
        ? '"/etc/passwd" has no such user'
        : `the largest id is ${MAX_ID}`
    }`,
    { hint: 'Name another user in "run_as", or its numbers as "UID:GID".' },
  );
}

/** User and first group of a line of passwd(5); null where there is none. */
function fromPasswd(name: string, text: string): Ids | null {
  for (const line of text.split("\n")) {
    const [user, , uid = "", gid = ""] = line.split(":");
    if (user === name && /^\d+$/.test(uid) && /^\d+$/.test(gid)) {
      return { uid: Number(uid), gid: Number(gid) };
    }
  }
  return null;
}

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return ""; // a bare root has no passwd, and numbers need none
  }
}

/**
 * Who calls csc, by name.
 *
 * @module
 */

const PASSWD = "/etc/passwd";

/**
 * The user's name as the machine knows it; `uid-N` for one without a name. Not
 * from the environment, which says what the caller likes.
 */
export function userName(uid: number): string {
  return nameIn(readPasswd(), uid) ?? `uid-${uid}`;
}

/** The name of a user id in the text of a passwd file; null if it has none. */
export function nameIn(passwd: string, uid: number): string | null {
  for (const line of passwd.split("\n")) {
    const [name = "", , id = ""] = line.split(":");
    if (name !== "" && id === String(uid)) return name;
  }
  return null;
}

function readPasswd(): string {
  try {
    return Deno.readTextFileSync(PASSWD);
  } catch {
    return "";
  }
}

/**
 * The user as whom root's commands run, and processes of that user outside.
 *
 * @module
 */
import assert from "node:assert/strict";

/** Numbers of the user that csc takes where none is configured. */
export async function runAsIds(): Promise<{ uid: number; gid: number }> {
  const { stdout } = await new Deno.Command("getent", {
    args: ["passwd", "nobody"],
  }).output();
  const [, , uid = "65534", gid = "65534"] = new TextDecoder().decode(stdout)
    .trim().split(":");
  return { uid: Number(uid), gid: Number(gid) };
}

/** Puts a change to that user before an argv. */
export async function asRunAsUser(): Promise<
  (argv: readonly string[]) => readonly string[]
> {
  const { uid, gid } = await runAsIds();
  const change = [`--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
  return (argv) => ["setpriv", ...change, ...argv];
}

/** All four user ids, all four group ids and the groups of a host process. */
export function identityOf(pid: number): {
  readonly uids: string;
  readonly gids: string;
  readonly groups: string;
} {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const field = (name: string) =>
    new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, "m").exec(status)?.[1] ??
      "missing";
  return {
    uids: field("Uid").replaceAll("\t", " "),
    gids: field("Gid").replaceAll("\t", " "),
    groups: field("Groups"),
  };
}

/** Children of a host process, as its own /proc lists them. */
export function childrenOf(pid: number): number[] {
  const found: number[] = [];
  for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
    const path = `/proc/${pid}/task/${name}/children`;
    found.push(
      ...Deno.readTextFileSync(path).split(" ").filter((word) => word !== "")
        .map(Number),
    );
  }
  assert.ok(found.length > 0, `process ${pid} has no children`);
  return found;
}

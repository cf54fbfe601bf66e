/** What csc keeps to itself stays its own where a bind mount shows it again. */
import assert from "node:assert/strict";
import { Session } from "./session.ts";

const AS_ROOT = Deno.uid() === 0
  ? ["unshare", "--mount"]
  : ["unshare", "--mount", "--user", "--map-root-user"];

/** Runs a script where `from` is mounted again at `to`. */
async function withBind(
  session: Session,
  [from, to]: readonly [string, string],
  script: string,
) {
  const { code, stdout, stderr } = await new Deno.Command(AS_ROOT[0]!, {
    args: [
      ...AS_ROOT.slice(1),
      ...["sh", "-c", `mount --bind "$0" "$1" && ${script}`, from, to],
    ],
    cwd: session.dir,
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

const CSC = new URL("../../dist/csc", import.meta.url).pathname;
const RUN = `${CSC} run contract.json policy.json --mode hardened ` +
  "--signing-key keys/k.key --key-id k --receipt-out out/r.json --state-dir state";

async function prepared(script: string): Promise<Session> {
  const session = new Session();
  session.contract([script]);
  Deno.mkdirSync(`${session.work}/again`);
  await session.csc("keygen", "--out", "keys", "--key-id", "k");
  return session;
}

Deno.test("csc run: a bind mount does not show the signing key in a read scope", async () => {
  const session = await prepared("cat again/k.key");
  const bind = [`${session.dir}/keys`, `${session.work}/again`] as const;
  const bare = await withBind(session, bind, "cat work/again/k.key");
  assert.match(bare.out, /PRIVATE KEY/);
  const { code, out, err } = await withBind(session, bind, RUN);
  assert.equal(code, 1);
  assert.doesNotMatch(out, /PRIVATE/);
  assert.match(err, /holds the signing key/);
});

Deno.test("csc run: a bind mount does not show the state in a read scope", async () => {
  const session = await prepared("ls again");
  Deno.mkdirSync(session.state, { mode: 0o700 });
  Deno.writeTextFileSync(`${session.state}/mark`, "");
  const bind = [session.state, `${session.work}/again`] as const;
  const bare = await withBind(session, bind, "ls work/again");
  assert.equal(bare.out, "mark\n");
  const { code, out, err } = await withBind(session, bind, RUN);
  assert.deepEqual([code, out], [0, ""], err);
});

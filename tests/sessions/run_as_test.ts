/** What the change of user in hardened mode must not take away. */
import assert from "node:assert/strict";
import { type Ended, Session } from "./session.ts";

async function hardened(
  script: string,
): Promise<Ended & { session: Session }> {
  const session = new Session();
  session.contract([script]);
  await session.csc("keygen", "--out", "keys", "--key-id", "k");
  const ended = await session.run(
    ...["--mode", "hardened", "--signing-key", "keys/k.key", "--key-id", "k"],
  );
  return { ...ended, session };
}

Deno.test("csc run: a command opens its standard output and error anew", async () => {
  const { code, out, err } = await hardened(
    "echo to-out > /dev/stdout; echo to-err > /dev/stderr; echo x | cat /dev/stdin",
  );
  assert.deepEqual([code, out, err], [0, "to-out\nx\n", "to-err\n"]);
});

Deno.test("csc run: private memory file systems belong to the command", async () => {
  const { code, err } = await hardened(
    "for d in /tmp /var/tmp /dev/shm; do " +
      'mkdir -m 700 "$d/own" && echo x > "$d/own/f" || exit 1; done',
  );
  assert.deepEqual([code, err], [0, ""]);
});

Deno.test("csc run: the evidence says as whom, and whose files were its own", async () => {
  const { code, out, session } = await hardened("id -u; id -g");
  assert.equal(code, 0);
  const evidence = session.read("out/receipt.json.evidence.json");
  const { caller, run_as } = evidence.sandbox_profile.facts;
  assert.deepEqual(out, `${run_as.uid}\n${run_as.gid}\n`);
  assert.deepEqual(caller, { uid: Deno.uid(), gid: Deno.gid() });
  const [{ plan, facts }] = evidence.commands;
  assert.deepEqual(plan.run_as, run_as);
  assert.ok(facts.stages.includes("identity"));
  const scope = plan.tree.find(({ path }: { path: string }) =>
    path === session.work
  );
  assert.equal(scope.because, "read");
  if (Deno.uid() === 0) {
    assert.notEqual(run_as.uid, 0);
    assert.deepEqual(scope.idmap, { uid: 0, gid: 0 });
  } else {
    assert.deepEqual(run_as, caller);
    assert.equal(scope.idmap, undefined);
  }
});

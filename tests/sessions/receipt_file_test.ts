/** What lies in the place of a receipt: an older one gives way, nothing else. */
import assert from "node:assert/strict";
import { Session } from "./session.ts";

for (
  const [how, more] of [
    ["allowed", {}],
    ["denied", { risk_class: "high" }],
  ] as const
) {
  Deno.test(`csc run: a file that is no receipt outlives a run that is ${how}`, async () => {
    const session = new Session();
    session.contract(["touch ran"], more);
    for (const name of ["notes", "notes.evidence.json"]) {
      session.write(name, { notes: "precious" });
      const { code, err } = await session.run("--receipt-out", "notes");
      assert.equal(code, 1);
      assert.match(
        err,
        /^csc: write receipt "notes": "notes.*" is there already/,
      );
      assert.deepEqual(session.read(name), { notes: "precious" });
      Deno.removeSync(`${session.dir}/${name}`);
    }
    assert.deepEqual([...Deno.readDirSync(session.work)], []);
  });
}

Deno.test("csc run: a receipt replaces that of an earlier run", async () => {
  const session = new Session();
  session.contract(["true"]);
  assert.equal((await session.run()).code, 0);
  const first = session.read("out/receipt.json").execution_id;
  assert.equal((await session.run()).code, 0);
  assert.notEqual(session.read("out/receipt.json").execution_id, first);
});

Deno.test("csc run: what the run reads is never replaced", async () => {
  const session = new Session();
  session.contract(["true"]);
  for (const name of ["contract.json", "policy.json"]) {
    const before = session.read(name);
    const { code } = await session.run("--receipt-out", name);
    assert.equal(code, 1);
    assert.deepEqual(session.read(name), before);
  }
});

import assert from "node:assert/strict";
import { Session } from "./session.ts";

const FILES = [
  "contract.json",
  "decision.json",
  "evidence.json",
  "intent.json",
  "receipt.json",
  "stdout",
];

Deno.test("csc run: output, receipt, evidence and record of one run", async () => {
  const session = new Session();
  session.contract(["echo one", "echo two; echo oops >&2; exit 4"]);
  const { code, out, err } = await session.run();
  assert.deepEqual([code, out, err], [1, "one\ntwo\n", "oops\n"]);
  const receipt = session.read("out/receipt.json");
  assert.equal(receipt.status, "failed");
  assert.equal(receipt.exit_code, 4);
  assert.equal(receipt.error, "oops\n");
  assert.equal(receipt.failed_command_id, "cmd_2");
  const [id] = session.runs();
  assert.equal(id, receipt.execution_id);
  const run = `state/runs/${id}`;
  const names = [...Deno.readDirSync(`${session.dir}/${run}`)];
  assert.deepEqual(
    names.map(({ name }) => name).sort(),
    [...FILES, "stderr"].sort(),
  );
  assert.deepEqual(session.read(`${run}/receipt.json`), receipt);
  assert.deepEqual(
    session.read(`${run}/evidence.json`),
    session.read("out/receipt.json.evidence.json"),
  );
  assert.equal(
    Deno.readTextFileSync(`${session.dir}/${run}/stdout`),
    "one\ntwo\n",
  );
});

Deno.test("csc run: a key made by csc signs what csc verifies", async () => {
  const session = new Session();
  session.contract(["true"]);
  await session.csc("keygen", "--out", "keys", "--key-id", "k");
  const sign = ["--signing-key", "keys/k.key", "--key-id", "k"];
  assert.equal((await session.run(...sign)).code, 0);
  const verify = () =>
    session.csc(
      ...["verify-receipt", "out/receipt.json", "--public-key", "keys/k.pub"],
      ...["--key-id", "k", "--evidence", "out/receipt.json.evidence.json"],
    );
  const good = await verify();
  assert.deepEqual([good.code, good.err], [0, ""]);
  const evidence = session.read("out/receipt.json.evidence.json");
  session.write("out/receipt.json.evidence.json", { ...evidence, log: "off" });
  const bad = await verify();
  assert.equal(bad.code, 1);
  assert.match(bad.out, /^invalid: EVIDENCE_MISMATCH: /);
});

Deno.test("csc run: one approval is used once, also by five at a time", async () => {
  const session = new Session();
  session.contract(["echo ran >> ran"], { approval_mode: "human_required" });
  const needs = await session.run();
  assert.equal(needs.code, 2);
  const decision = JSON.parse(
    (await session.csc("check", "contract.json", "policy.json", "--json")).out,
  );
  session.write("approval.json", {
    approval_version: "csc.approval.v0.1",
    approval_id: "approval-1",
    contract_sha256: decision.contract_sha256,
    approver: { identity: "eve", method: "cli" },
    approved_at: new Date(Date.now() - 1000).toISOString(),
    expires_at: new Date(Date.now() + 600_000).toISOString(),
    scope: "single_execution",
  });
  const all = await Promise.all(
    [1, 2, 3, 4, 5].map((index) =>
      session.run(
        ...["--approval", "approval.json"],
        ...["--receipt-out", `out/${index}.json`],
      )
    ),
  );
  assert.deepEqual(all.map(({ code }) => code).sort(), [0, 1, 1, 1, 1]);
  assert.equal(Deno.readTextFileSync(`${session.work}/ran`), "ran\n");
});

Deno.test("csc run: who cannot write the receipt learns it before anything runs", async () => {
  const session = new Session();
  session.contract(["touch ran"]);
  session.write("file", {});
  const { code, err } = await session.run("--receipt-out", "file/receipt.json");
  assert.equal(code, 1);
  assert.match(err, /^csc: write receipt "file\/receipt.json": .*\nhint: /);
  assert.deepEqual([...Deno.readDirSync(session.work)], []);
});

Deno.test("csc run: a state directory open to others blocks, and --no-log does not", async () => {
  const session = new Session();
  session.contract(["echo hi"]);
  Deno.mkdirSync(session.state);
  Deno.chmodSync(session.state, 0o755);
  const { code, out, err } = await session.run();
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /use state directory .*: its mode is 0755/);
  assert.equal(session.read("out/receipt.json").status, "blocked");
  const off = await session.run("--no-log");
  assert.deepEqual([off.code, off.out], [0, "hi\n"]);
  assert.equal(session.read("out/receipt.json.evidence.json").log, "off");
});

Deno.test("csc run: an interrupted run is accounted for, and its command dead", async () => {
  const session = new Session();
  session.contract(["echo $$; exec sleep 60"]);
  const child = session.spawn(session.runWords());
  const reader = child.stdout.getReader();
  const pid = Number(new TextDecoder().decode((await reader.read()).value));
  child.kill("SIGINT");
  const { code } = await child.status;
  await Promise.all([reader.cancel(), child.stderr.cancel()]);
  assert.equal(code, 1);
  const receipt = session.read("out/receipt.json");
  assert.equal(receipt.exit_code, 130);
  assert.equal(receipt.error, "interrupted by SIGINT");
  assert.ok(pid > 1);
  assert.throws(() => Deno.statSync(`/proc/${pid}`), Deno.errors.NotFound);
});

Deno.test("csc run: output that a full device has lost fails csc, and nothing else", async () => {
  const session = new Session();
  await session.csc("keygen", "--out", "keys", "--key-id", "k");
  const sign = ["--signing-key", "keys/k.key", "--key-id", "k"];
  const script = "seq 30000 | tee /dev/stderr; echo last";
  session.contract([script, "echo two"]);
  const to = (redirection: string) => ["sh", "-c", `"$@" ${redirection}`, "sh"];
  for (const mode of ["local", "hardened"]) {
    const words = session.runWords("--mode", mode, ...sign);
    const call = async (by: readonly string[], ...more: string[]) => {
      const child = session.spawn([...words, ...more], by);
      const { code, stdout, stderr } = await child.output();
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      return { code, out: text(stdout), err: text(stderr) };
    };
    const whole = await call([]);
    assert.equal(whole.code, 0, whole.err);
    const kept = session.read("out/receipt.json").stdout_sha256;
    const accounted = () => {
      const { status, exit_code, stdout_sha256 } = session.read(
        "out/receipt.json",
      );
      assert.deepEqual([status, exit_code, stdout_sha256], [
        "success",
        0,
        kept,
      ]);
    };

    const full = await call(to("> /dev/full"));
    assert.deepEqual([full.code, full.out], [1, ""]);
    const said = full.err.slice(whole.err.length);
    assert.equal(full.err.slice(0, whole.err.length), whole.err);
    assert.equal(
      said.split("\n")[0],
      'csc: pass on the output of command "cmd_1" to standard output: ' +
        "no space left (ENOSPC); the command itself ran, and its receipt " +
        'stands at "./out/receipt.json"',
    );
    assert.match(said, /\nhint: .*\n$/);
    assert.equal(said.match(/csc: /g)?.length, 1);
    accounted();

    const asked = await call(to("> /dev/full"), "--exit-code", "command");
    assert.equal(asked.code, 125);
    const silent = await call(to("2> /dev/full"), "--exit-code", "command");
    assert.deepEqual([silent.code, silent.out], [125, whole.out]);
    assert.equal((await call(to(">&-"))).code, 0);
    // What goes to standard output is all there.
    const deaf = await call(to("2> /dev/full"));
    assert.deepEqual([deaf.code, deaf.out], [1, whole.out]);
    accounted();
  }
});

Deno.test("csc run: a reader that goes away neither stops nor fails the run", async () => {
  const session = new Session();
  session.contract(["seq 100000; echo done > done"]);
  const child = session.spawn(session.runWords());
  await child.stdout.cancel();
  const { code } = await child.status;
  await child.stderr.cancel();
  assert.equal(code, 0);
  assert.equal(Deno.readTextFileSync(`${session.work}/done`), "done\n");
  const evidence = session.read("out/receipt.json.evidence.json");
  assert.equal(evidence.commands[0].stdout.bytes, 588895);
});

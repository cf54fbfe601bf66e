/** The evidence of real runs fits its schema, and the receipt binds it. */
import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { command, contractBytes } from "../unit/run/fakes.ts";
import { type Ended, Session } from "./session.ts";

const SCHEMAS = new URL("../../schemas/", import.meta.url);
const HARDENED = ["--mode", "hardened"];

function schema(name: string): Record<string, unknown> {
  const file = new URL(`${name}.schema.json`, SCHEMAS);
  return JSON.parse(Deno.readTextFileSync(file));
}

const ajv = new Ajv2020({
  strict: true,
  strictRequired: false,
  allErrors: true,
  validateFormats: false,
});
for (const name of ["decision", "approval"]) ajv.addSchema(schema(name));
const validate = ajv.compile(schema("evidence"));

// deno-lint-ignore no-explicit-any -- JSON of the program under test
type Evidence = any;

function assertFits(evidence: Evidence): void {
  const fits = validate(evidence);
  assert.ok(fits, ajv.errorsText(validate.errors, { separator: "\n" }));
}

/** A session with a key, whose runs are signed. */
class Signed extends Session {
  static async start(): Promise<Signed> {
    const session = new Signed();
    await session.csc("keygen", "--out", "keys", "--key-id", "k");
    return session;
  }

  /** Runs, has the receipt verified, and returns evidence that fits. */
  async evidence(...flags: string[]): Promise<[Evidence, Ended]> {
    const ended = await this.run(
      ...["--signing-key", "keys/k.key", "--key-id", "k", ...flags],
    );
    const verified = await this.csc(
      ...["verify-receipt", "out/receipt.json", "--public-key", "keys/k.pub"],
      ...["--key-id", "k", "--evidence", "out/receipt.json.evidence.json"],
    );
    assert.equal(verified.code, 0, `${ended.err}${verified.out}`);
    const evidence = this.read("out/receipt.json.evidence.json");
    assertFits(evidence);
    return [evidence, ended];
  }

  /** Writes a contract of one pipeline of shell scripts. */
  pipeline(...scripts: string[]): void {
    const segments = scripts.map((script) => ({ argv: ["sh", "-c", script] }));
    const { exec: _, ...rest } = command("cmd_1", {
      cwd: this.work,
      read_paths: [`${this.work}/**`],
    });
    const one = { ...rest, pipeline: { segments } };
    // deno-lint-ignore no-explicit-any -- the fakes know no pipelines
    const bytes = contractBytes([one as any]);
    Deno.writeFileSync(`${this.dir}/contract.json`, bytes);
  }
}

async function sha256(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", Deno.readFileSync(path));
  return new Uint8Array(digest).toHex();
}

Deno.test("evidence of a local run: limits, programs, no sandbox", async () => {
  const session = await Signed.start();
  session.contract(["echo hi", "exit 3"]);
  const [evidence] = await session.evidence();
  assert.equal(evidence.mode, "local");
  assert.equal(evidence.key_custody, "caller");
  assert.equal(evidence.commands.length, 2);
  for (const { facts } of evidence.commands) {
    const [shell] = facts.executables;
    assert.equal(shell.sha256, await sha256(shell.path));
    assert.equal("sandbox" in facts, false);
    assert.deepEqual(
      facts.limits.map((fact: Evidence) => [fact.limit, fact.by]),
      [
        ["wall_sec", "SIGKILL from csc"],
        ["stdout_kept_bytes", "csc"],
        ["stderr_kept_bytes", "csc"],
      ],
    );
  }
});

Deno.test("evidence of a hardened run: walls, programs, limits", async () => {
  const session = await Signed.start();
  session.contract(["echo hi"]);
  const [evidence] = await session.evidence(...HARDENED);
  const [{ facts }] = evidence.commands;
  assert.equal(facts.sandbox.seccomp_mode, 2);
  assert.equal(facts.sandbox.no_new_privs, true);
  for (const mask of Object.values(facts.sandbox.capabilities)) {
    assert.equal(mask, "0000000000000000");
  }
  assert.equal(facts.sandbox.mounts_complete, true);
  assert.equal(facts.stages.at(0), "plan");
  assert.equal(facts.stages.at(-1), "exec");
  const [shell] = facts.executables;
  assert.equal(shell.sha256, await sha256(shell.path));
  assert.equal(facts.sandbox.kernel.release, Deno.osRelease());
});

Deno.test("evidence of two runs: the same walls and filter, other namespaces", async () => {
  const session = await Signed.start();
  session.contract(["echo hi", "echo ho"]);
  const [first] = await session.evidence(...HARDENED);
  const [second] = await session.evidence(...HARDENED);
  const [a, b] = [first, second].map(({ commands }) => commands[0].facts);
  assert.equal(a.plan_sha256, b.plan_sha256);
  assert.notEqual(a.plan_sha256, first.commands[1].facts.plan_sha256);
  assert.equal(
    a.sandbox.seccomp_filter_sha256,
    b.sandbox.seccomp_filter_sha256,
  );
  assert.equal(first.sandbox_profile.sha256, second.sandbox_profile.sha256);
  // The second one was told by the digests that the first has left.
  assert.deepEqual(a.executables, b.executables);
  const digests = Deno.readTextFileSync(`${session.state}/digests`);
  assert.ok(digests.includes(a.executables[0].sha256));
  assert.equal(Deno.statSync(`${session.state}/digests`).mode! & 0o777, 0o600);
});

Deno.test("evidence of a pipeline: every segment, its program and its end", async () => {
  const session = await Signed.start();
  session.pipeline("echo a b", "cat", "cat; exit 5");
  const [{ commands: [{ facts, exit_code }] }] = await session.evidence(
    ...HARDENED,
  );
  assert.equal(exit_code, 5);
  assert.equal(facts.executables.length, 3);
  assert.deepEqual(
    facts.segments.map((segment: Evidence) => segment.exit_code),
    [0, 0, 5],
  );
});

Deno.test("evidence of a denied run: nothing was planned, nothing ran", async () => {
  const session = await Signed.start();
  session.contract(["true"], { risk_class: "high" });
  const [evidence, { code }] = await session.evidence(...HARDENED);
  assert.equal(code, 1);
  assert.deepEqual(evidence.commands, []);
  assert.deepEqual(evidence.sandbox_profile.facts, {});
  assert.equal(evidence.decision.decision, "deny");
});

Deno.test("evidence of a blocked run: nothing ran", async () => {
  const session = await Signed.start();
  session.contract(["true"]);
  Deno.removeSync(session.work);
  const [evidence, { err }] = await session.evidence(...HARDENED);
  assert.match(err, /it does not exist/);
  assert.deepEqual(evidence.commands, []);
});

Deno.test("evidence of a time-out: the walls that stood, no end of a segment", async () => {
  const session = await Signed.start();
  const sleep = command("cmd_1", {
    exec: { argv: ["sh", "-c", "sleep 60"] },
    cwd: session.work,
    read_paths: [`${session.work}/**`],
    timeout_sec: 1,
  });
  Deno.writeFileSync(`${session.dir}/contract.json`, contractBytes([sleep]));
  const [{ commands: [{ facts, timed_out, exit_code }] }] = await session
    .evidence(...HARDENED);
  assert.deepEqual([timed_out, exit_code], [true, 124]);
  assert.deepEqual(facts.segments, []);
  assert.equal(facts.stages.at(-1), "observe");
  assert.equal(facts.sandbox.seccomp_mode, 2);
  assert.equal(
    facts.limits.find((fact: Evidence) => fact.limit === "wall_sec").value,
    1,
  );
});

Deno.test("evidence of a program that is not there: no sandbox was built", async () => {
  const session = await Signed.start();
  session.write("policy.json", {
    ...session.read("policy.json"),
    allow_commands: ["no-such-program"],
  });
  const one = command("cmd_1", {
    exec: { argv: ["no-such-program"] },
    cwd: session.work,
    read_paths: [`${session.work}/**`],
  });
  Deno.writeFileSync(`${session.dir}/contract.json`, contractBytes([one]));
  for (const flags of [HARDENED, []]) {
    const [{ commands: [{ exit_code }] }] = await session.evidence(...flags);
    assert.equal(exit_code, 127);
  }
});

Deno.test("evidence of a staged run: what was created, changed and deleted", async () => {
  const session = await Signed.start();
  const { work, dir } = session;
  for (const name of ["old", "gone"]) {
    Deno.writeTextFileSync(`${work}/${name}`, `${name}\n`);
  }
  const line = "echo new > new; echo more >> old; rm gone; ln -s new link; " +
    "mkdir sub; printf x > \"$(printf 'sub/\\377')\"";
  const one = command("cmd_1", {
    exec: { argv: ["sh", "-c", line] },
    cwd: work,
    read_paths: [`${work}/**`],
    write_paths: [`${work}/**`],
  });
  const policy = session.read("policy.json");
  session.write("policy.json", { ...policy, allowed_write_prefixes: [work] });
  Deno.writeFileSync(`${dir}/contract.json`, contractBytes([one]));
  const [{ staged, commands }] = await session.evidence(
    ...HARDENED,
    "--staged",
  );
  assert.equal(commands[0].exit_code, 0);
  assert.deepEqual(
    [staged.created, staged.changed, staged.deleted, staged.omitted],
    [4, 1, 1, 0],
  );
  const told = staged.changes.map((
    change: Evidence,
  ) => [change.change, change.type, typeof change.path]);
  assert.deepEqual(told, [
    ["deleted", undefined, "string"],
    ["created", "symlink", "string"],
    ["created", "file", "string"],
    ["changed", "file", "string"],
    ["created", "directory", "string"],
    ["created", "file", "object"],
  ]);
  assert.equal(staged.quota.mechanism, "measured");
});

Deno.test("evidence whose memory ran out: who was killed, and by which limit", async () => {
  const session = await Signed.start();
  Deno.writeTextFileSync(
    `${session.dir}/config.yaml`,
    "sandbox:\n  memory_mb: 64\n  tmp_mb: 256\n",
  );
  const flags = [...HARDENED, "--config", "config.yaml"];
  // Each of the two may have 40 MiB, which nobody takes from them.
  const half = "dd if=/dev/zero bs=40M count=1 2> /dev/null | sleep 1";
  session.contract([`${half} & ${half} & wait; exit 0`]);
  const [{ commands: [survived] }, told] = await session.evidence(...flags);
  const memory = survived.facts.limits.find((fact: Evidence) =>
    fact.limit === "memory_bytes"
  );
  if (memory === undefined) {
    assert.notEqual(Deno.uid(), 0, "root has a memory cgroup");
    console.error("SKIPPED out of memory: no memory cgroup for this user");
    return;
  }
  assert.equal(memory.value, 64 * 1024 * 1024);
  assert.ok(memory.peak <= memory.value && memory.peak > memory.value / 2);
  assert.equal(survived.exit_code, 0);
  assert.ok(survived.facts.usage.oom_kills >= 1);
  assert.match(survived.notes[0], /out of memory \(limit 67108864 bytes\)/);
  assert.match(told.err, /csc: warning: command "cmd_1": out of memory/);

  // What lies in a private file system counts as memory.
  session.contract(["exec head -c 200m /dev/zero > /tmp/full"]);
  const [{ commands: [killed] }, said] = await session.evidence(...flags);
  assert.equal(killed.exit_code, 137);
  assert.deepEqual(killed.notes, []);
  assert.match(
    said.err,
    /"cmd_1": command was killed \(SIGKILL\); out of memory .* killed 1 of its/,
  );
});

Deno.test("the schema is closed: a member more, or one less, does not fit", async () => {
  const session = await Signed.start();
  session.contract(["echo hi"]);
  const [evidence] = await session.evidence(...HARDENED);
  assert.equal(validate({ ...evidence, more: 1 }), false);
  const { log: _, ...less } = evidence;
  assert.equal(validate(less), false);
  const { facts } = evidence.commands[0];
  facts.sandbox.capabilities.effective = 0.5;
  assert.equal(validate(evidence), false);
});

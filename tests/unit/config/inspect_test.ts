/** All findings at once, and the lines that they are about. */
import assert from "node:assert/strict";
import { loadConfig } from "../../../src/config/find.ts";
import { inspectConfig } from "../../../src/config/inspect.ts";
import { places, type Said } from "./places.ts";

/** `KIND:LINE WHERE` of each finding. */
async function inspected(said: Said): Promise<string[]> {
  const sources = places(said);
  const given = sources.named === undefined
    ? undefined
    : { path: sources.named };
  const reports = await inspectConfig(sources, given);
  return reports.flatMap(({ role, findings }) =>
    findings.map(({ line, where, hint }) => {
      assert.notEqual(hint, "");
      return `${role}:${line ?? "-"} ${where}`.trimEnd();
    })
  );
}

const CASES: readonly [what: string, said: Said, found: string[]][] = [
  ["nothing where nothing is", {}, []],
  ["nothing in good files", {
    machine: "mode: hardened\nlocked: [mode]\n",
    user: "log: required\n",
  }, []],
  ["nothing in comments", { user: "# later\n" }, []],
  ["every member", {
    user: "mode: soft\nsandbox:\n  ram: 1\n  path: [/a,\n    b]\n",
  }, ["user:1 /mode", "user:3 /sandbox", "user:5 /sandbox/path/1"]],
  ["both files", { machine: "mode: soft\n", user: "log: maybe\n" }, [
    "machine:1 /mode",
    "user:1 /log",
  ]],
  ["a machine's file beside one that is named", {
    machine: "\nmode: soft\n",
    named: "log: required\n",
  }, ["machine:2 /mode"]],
  ["YAML that cannot be read", { user: "a: 1\nb: [\n" }, ["user:3"]],
  ["a lock on what is not set", {
    machine: "log: required\nlocked: [mode, signing, log]\n",
  }, ["machine:2 /locked", "machine:2 /locked"]],
  ["every setting that is locked, and a lock of one's own", {
    machine: "mode: local\nsandbox: {cpu_sec: 1}\nlocked: [mode, sandbox]\n",
    user: "mode: soft\nsandbox: {}\nsandbox_by_policy: {}\nlocked: [log]\n",
  }, [
    "user:1 /mode",
    "user:4 /locked",
    "user:1 /mode",
    "user:2 /sandbox",
    "user:3 /sandbox_by_policy",
  ]],
  ["a sandbox profile that nobody defines", {
    user: "sandbox_profiles: {a: {}}\nsandbox_by_policy:\n  p: a\n  q: b\n",
  }, ["user:4 /sandbox_by_policy/q"]],
  ["one that the machine's file lacks", {
    machine: "sandbox_by_policy: {p: a}\n",
  }, ["machine:1 /sandbox_by_policy/p"]],
  ["none that another file defines", {
    machine: "sandbox_profiles: {a: {}}\n",
    user: "sandbox_by_policy: {p: a}\n",
  }, []],
];
for (const [what, said, found] of CASES) {
  Deno.test(`inspectConfig() finds ${what}`, async () => {
    assert.deepEqual(await inspected(said), found);
    // It must never call good what a run refuses.
    const sources = places(said);
    if (found.length === 0) await loadConfig(sources);
    else await assert.rejects(loadConfig(sources));
  });
}

Deno.test("inspectConfig() says who may write the files", async () => {
  const sources = places({ machine: "mode: soft\n", user: "mode: soft\n" });
  const directory = sources.pathOf("machine").replace(/\/[^/]+$/, "");
  Deno.chmodSync(directory, 0o777);
  Deno.chmodSync(sources.pathOf("machine"), 0o666);
  Deno.chmodSync(sources.pathOf("user"), 0o620);
  const reports = await inspectConfig(sources);
  assert.deepEqual(
    reports.map(({ findings }) => findings.map(({ line }) => line)),
    [[null, null, 1], [null, 1]],
  );
  assert.match(
    reports[0]?.findings[1]?.message ?? "",
    /machine\/csc": its gro/,
  );
  const other = { ...sources, system: { ...sources.system, owner: 4242 } };
  const [first] = await inspectConfig(other);
  assert.match(first?.findings[0]?.message ?? "", /it belongs to user/);
  assert.equal(first?.findings.length, 5);
});

Deno.test("inspectConfig() misses a file that was named, and takes bytes for one", async () => {
  const sources = places({});
  const [missing] = await inspectConfig(sources, {
    path: sources.pathOf("named"),
  });
  assert.deepEqual([missing?.exists, missing?.findings.length], [false, 1]);
  const bytes = new TextEncoder().encode("\nlog: maybe\n");
  const [given] = await inspectConfig(sources, {
    path: "standard input",
    bytes,
  });
  assert.deepEqual(given?.findings.map(({ line }) => line), [2]);
});

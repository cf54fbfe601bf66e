import assert from "node:assert/strict";
import { planJson } from "../../../src/plan/build.ts";
import { cgroupLimits, processLimits } from "../../../src/plan/limits.ts";
import {
  DEFAULT_PROFILE,
  profileJson,
  profileSha256,
} from "../../../src/plan/sandbox_profile.ts";
import { canonicalText } from "../../../src/core/canonical.ts";
import {
  sampleCommand,
  samplePipeline,
  samplePolicy,
} from "../decide/samples.ts";
import {
  linked,
  opText,
  program,
  sampleFacts,
  sampleInput,
  samplePlan,
  scope,
  there,
} from "./samples.ts";

Deno.test("buildPlan() puts the scopes after all of the base", () => {
  const input = sampleInput({
    facts: sampleFacts({ writes: [scope(there("/w/repo/out"))] }),
  });
  const { tree } = samplePlan(input);
  assert.deepEqual(tree.slice(0, input.base.length), input.base);
  assert.deepEqual(
    tree.slice(input.base.length).map(opText),
    ["ro /w/repo", "rw /w/repo/out", "pin /usr/bin/git"],
  );
});

Deno.test("buildPlan() masks csc's own behind the scopes, where a scope would show it", () => {
  const { tree } = samplePlan({
    facts: sampleFacts({ reads: [scope(there("/w"))] }),
    sealed: [{ path: "/w/state", reads: "mask" }, {
      path: "/w/keys/key.pem",
      reads: "mask",
    }, { path: "/elsewhere/state", reads: "mask" }],
  });
  assert.deepEqual(tree.slice(-3).map(opText), [
    "mask /w/state",
    "mask /w/keys/key.pem",
    "pin /usr/bin/git",
  ]);
});

Deno.test("buildPlan() masks nothing that is only on the way", () => {
  const { tree } = samplePlan({
    sealed: [{ path: "/w/repo/l", reads: "allow" }],
  });
  assert.ok(!tree.some((op) => opText(op) === "mask /w/repo/l"));
});

Deno.test("buildPlan() masks csc's own in a system directory", () => {
  const { tree } = samplePlan({
    sealed: [{ path: "/usr/local/etc/csc", reads: "mask" }],
  });
  assert.equal(opText(tree.at(-2)!), "mask /usr/local/etc/csc");
});

Deno.test("buildPlan() masks csc's own below a cwd that is shown", () => {
  const { tree } = samplePlan({
    sealed: [{ path: "/w/repo/.csc", reads: "mask" }],
  });
  assert.equal(opText(tree.at(-2)!), "mask /w/repo/.csc");
});

Deno.test("buildPlan() shows the host's root part by part, and csc's own empty", () => {
  const parts = [
    there("/etc"),
    there("/home"),
    there("/usr"),
    linked("/bin", "/usr/bin"),
    linked("/data", "/mnt/data"),
    there("/w"),
  ];
  const input = sampleInput({
    policy: samplePolicy({ allowed_read_prefixes: ["/"] }),
    facts: sampleFacts({
      reads: [{ ...scope(there("/")), parts }],
      writes: [scope(there("/w/repo/out"))],
    }),
    sealed: [
      { path: "/home/ci/keys/key.pem", reads: "refuse" },
      { path: "/home/ci/state", reads: "mask" },
    ],
  });
  const { tree } = samplePlan(input);
  assert.deepEqual(tree.slice(input.base.length).map(opText), [
    "ro /etc",
    "ro /home",
    "ro /w",
    "rw /w/repo/out",
    "link /data -> /mnt/data",
    "mask /home/ci/keys",
    "mask /home/ci/state",
    "pin /usr/bin/git",
  ]);
});

Deno.test("buildPlan() takes the root as cwd for the sandbox's own", () => {
  const input = sampleInput({
    policy: samplePolicy({
      allowed_cwd_prefixes: ["/"],
      allowed_read_prefixes: ["/"],
    }),
    facts: sampleFacts({ cwd: there("/") }),
  });
  const plan = samplePlan(input);
  assert.equal(plan.cwd, "/");
  assert.deepEqual(plan.tree.slice(0, -1), input.base);
});

Deno.test("buildPlan() gives the profile's PATH, whatever the caller's is", () => {
  const { env } = samplePlan({
    facts: sampleFacts({
      env: [["HOME", "/h"], ["PATH", "/w/evil"], ["A", "x=y\nz"], ["B", ""]],
    }),
  });
  assert.deepEqual(env, [
    `PATH=${DEFAULT_PROFILE.path.join(":")}`,
    "HOME=/h",
    "A=x=y\nz",
    "B=",
  ]);
});

Deno.test("buildPlan() gives PATH also where nothing is asked for", () => {
  assert.equal(samplePlan().env.length, 1);
  assert.match(samplePlan().env[0]!, /^PATH=\/usr\/local\/sbin:/);
});

Deno.test("buildPlan() keeps the order of a pipeline and its files", () => {
  const plan = samplePlan({
    command: samplePipeline([["cat", "a"], ["none"], ["/w/x", ""]]),
    facts: sampleFacts({
      executables: [
        program("/usr/bin/cat"),
        { found: false, exitCode: 127, why: "command not found" },
        program("/w/x"),
      ],
    }),
  });
  assert.deepEqual(plan.segments, [
    { file: "/usr/bin/cat", argv: ["cat", "a"] },
    // Never started: the executor answers before it launches anything.
    { file: "/", argv: ["none"] },
    { file: "/w/x", argv: ["/w/x", ""] },
  ]);
});

Deno.test("buildPlan() lists scopes that show nothing", () => {
  const plan = samplePlan({
    facts: sampleFacts({
      reads: [scope(there("/w/none", { kind: "missing" }))],
      writes: [
        scope(there("/w/repo/out")),
        scope(there("/w/repo/out/new", { kind: "missing" })),
      ],
    }),
  });
  assert.deepEqual(plan.absent, ["/w/none", "/w/repo/out/new"]);
});

Deno.test("buildPlan() uses the resolved cwd and the contract's time limit", () => {
  const plan = samplePlan({
    command: sampleCommand({ timeout_sec: 7 }),
    facts: sampleFacts({ cwd: { ...there("/w/real"), asked: "/w/link" } }),
  });
  assert.deepEqual([plan.cwd, plan.timeoutSec], ["/w/real", 7]);
  assert.ok(Object.isFrozen(plan));
});

Deno.test("planJson() names variables and holds no value of any", () => {
  const plan = samplePlan({
    facts: sampleFacts({ env: [["TOKEN", "s3cret=x"]] }),
  });
  const json = planJson(plan);
  assert.deepEqual(json["env"], ["PATH", "TOKEN"]);
  assert.doesNotMatch(JSON.stringify(json), /s3cret/);
});

Deno.test("planJson() has a canonical form: integers and strings only", () => {
  assert.ok(canonicalText(planJson(samplePlan())).length > 1000);
});

Deno.test("planJson() tells a read-only scope from a writable one", () => {
  const plan = samplePlan({
    facts: sampleFacts({ writes: [scope(there("/w/repo/out"))] }),
  });
  const tree = planJson(plan)["tree"] as readonly Record<string, unknown>[];
  assert.deepEqual(tree.slice(-3, -1), [
    { op: "bind", path: "/w/repo", read_only: true, because: "cwd" },
    {
      op: "bind",
      path: "/w/repo/out",
      read_only: false,
      no_exec: true,
      because: "write",
    },
  ]);
});

Deno.test("processLimits() takes each number from the profile", () => {
  const limits = processLimits({
    ...DEFAULT_PROFILE,
    cpuSec: 1,
    fileBytes: 2,
    memoryBytes: 3,
    processes: 4,
    openFiles: 5,
  });
  // RLIMIT_* of Linux, asm-generic/resource.h.
  const byResource = Object.fromEntries(
    limits.map(({ resource, value }) => [resource, value]),
  );
  assert.deepEqual(byResource, {
    0: 1,
    1: 2,
    2: 3,
    4: 0,
    6: 4,
    7: 5,
    8: 64 * 1024,
  });
});

Deno.test("cgroupLimits() leaves room for the launcher", () => {
  const profile = { ...DEFAULT_PROFILE, processes: 9, memoryBytes: 10 };
  assert.deepEqual(cgroupLimits(profile), { processes: 10, memoryBytes: 10 });
});

Deno.test("profileSha256() changes with every member of the profile", async () => {
  const digest = await profileSha256(DEFAULT_PROFILE);
  assert.match(digest, /^[0-9a-f]{64}$/);
  assert.equal(await profileSha256({ ...DEFAULT_PROFILE }), digest);
  for (const [name, value] of Object.entries(DEFAULT_PROFILE)) {
    const other = typeof value === "number"
      ? value + 1
      : typeof value === "boolean"
      ? !value
      : typeof value === "string"
      ? `${value}x`
      : [...value, "/x"];
    const changed = { ...DEFAULT_PROFILE, [name]: other };
    assert.notEqual(await profileSha256(changed), digest, name);
  }
  assert.ok(canonicalText(profileJson(DEFAULT_PROFILE)).length > 100);
});

Deno.test("buildPlan() refuses a timeout beyond the profile's, and takes it itself", () => {
  const command = sampleCommand({ timeout_sec: 30 });
  const profile = { ...DEFAULT_PROFILE, name: "small", timeoutSec: 30 };
  assert.equal(samplePlan({ command, profile }).timeoutSec, 30);
  assert.throws(
    () => samplePlan({ command, profile: { ...profile, timeoutSec: 29 } }),
    {
      code: "NOT_ENFORCEABLE",
      message: /a timeout of 30 s exceeds the 29 s of sandbox profile "small"$/,
      hint: /raise timeout_sec in the configuration/,
    },
  );
});

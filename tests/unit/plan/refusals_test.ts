/** What buildPlan() must not plan: each refusal with its code. */
import assert from "node:assert/strict";
import { isCscError } from "../../../src/core/errors.ts";
import type { PlanInput } from "../../../src/plan/build.ts";
import type { Seal } from "../../../src/plan/seal.ts";
import { sampleCommand, samplePolicy } from "../decide/samples.ts";
import {
  linked,
  sampleFacts,
  sampleHost,
  samplePlan,
  scope,
  there,
} from "./samples.ts";

/** The code and message that planning this throws, or null. */
function refusal(changes: Partial<PlanInput>): [string, string] | null {
  try {
    samplePlan(changes);
    return null;
  } catch (error) {
    assert.ok(isCscError(error), String(error));
    assert.ok(error.hint !== undefined, "an error names the next step");
    return [error.code, error.message];
  }
}

const WIDE = samplePolicy({
  allowed_cwd_prefixes: ["/"],
  allowed_read_prefixes: ["/"],
  allowed_write_prefixes: ["/"],
});

const reads = (...paths: Parameters<typeof scope>[0][]) =>
  sampleFacts({ reads: paths.map(scope) });
const writes = (...paths: Parameters<typeof scope>[0][]) =>
  sampleFacts({ writes: paths.map(scope) });

const mask = (path: string): Seal => ({ path, reads: "mask" });
const key = (path: string): Seal => ({ path, reads: "refuse" });
const turn = (path: string): Seal => ({ path, reads: "allow" });

/** A small host: what a scope of / shows. */
const HOST = {
  ...scope(there("/")),
  parts: [
    there("/etc"),
    there("/home"),
    there("/usr"),
    there("/w"),
    linked("/bin", "/usr/bin"),
    there("/file", { kind: "file" }),
    there("/var/lib"),
  ],
};

type Case = [
  behaviour: string,
  changes: Partial<PlanInput>,
  code: string | null,
];

const CASES: Case[] = [
  ["plans the sample", {}, null],
  ["refuses an allowlisted network", {
    command: sampleCommand({ network: "allowlisted" }),
  }, "NOT_ENFORCEABLE"],
  ["refuses a full network", {
    command: sampleCommand({ network: "full" }),
  }, "NOT_ENFORCEABLE"],
  ["refuses secrets", {
    command: sampleCommand({ secret_refs: ["token"] }),
  }, "NOT_ENFORCEABLE"],

  ["refuses a cwd that is missing", {
    facts: sampleFacts({ cwd: there("/w/repo", { kind: "missing" }) }),
  }, "SCOPE_UNAVAILABLE"],
  ["refuses a cwd that is a file", {
    facts: sampleFacts({ cwd: there("/w/repo", { kind: "file" }) }),
  }, "SCOPE_UNAVAILABLE"],
  ["refuses a cwd that a link leads out of the policy", {
    facts: sampleFacts({ cwd: linked("/w/repo", "/etc") }),
  }, "PATH_ESCAPE"],
  ["refuses a cwd in /proc", {
    policy: WIDE,
    facts: sampleFacts({ cwd: there("/proc/1") }),
  }, "NOT_ENFORCEABLE"],
  ["allows the root as cwd, which is the sandbox's own", {
    policy: WIDE,
    facts: sampleFacts({ cwd: there("/") }),
  }, null],

  ["allows a missing read scope", {
    facts: reads(there("/w/none", { kind: "missing" })),
  }, null],
  ["refuses a read scope that a link leads out", {
    facts: reads(linked("/w/link", "/root/.ssh")),
  }, "PATH_ESCAPE"],
  ["refuses a missing read scope that a link leads out", {
    facts: reads(linked("/w/link", "/root/none", "missing")),
  }, "PATH_ESCAPE"],
  ["refuses a read scope that shares only text with the prefix", {
    facts: reads(linked("/w/link", "/work")),
  }, "PATH_ESCAPE"],
  ["allows the root as read scope", {
    policy: WIDE,
    facts: sampleFacts({ reads: [HOST] }),
  }, null],
  ["refuses the root as write scope", {
    policy: WIDE,
    facts: writes(there("/")),
  }, "NOT_ENFORCEABLE"],
  ["refuses a write scope that a link leads to the root", {
    policy: WIDE,
    facts: writes(linked("/w/repo/link", "/")),
  }, "NOT_ENFORCEABLE"],
  ["allows a key in a directory of its own below the root as read scope", {
    policy: WIDE,
    facts: sampleFacts({ reads: [HOST] }),
    sealed: [key("/home/ci/keys/key.pem")],
  }, null],
  ["refuses the root as read scope where the key lies beside the cwd", {
    policy: WIDE,
    facts: sampleFacts({ reads: [HOST] }),
    sealed: [key("/w/key.pem")],
  }, "NOT_ENFORCEABLE"],
  ["refuses the root as read scope where the key lies beside a scope", {
    policy: WIDE,
    facts: sampleFacts({ reads: [HOST], writes: [scope(there("/home/a/b"))] }),
    sealed: [key("/home/a/key.pem")],
  }, "NOT_ENFORCEABLE"],
  ["refuses the root as read scope where the key lies in the root", {
    policy: WIDE,
    facts: sampleFacts({ reads: [HOST, scope(there("/w"))] }),
    sealed: [key("/home")],
  }, "NOT_ENFORCEABLE"],
  ["refuses the root as read scope where a system directory holds the key", {
    policy: WIDE,
    facts: sampleFacts({ reads: [HOST] }),
    sealed: [key("/usr/keys/key.pem")],
  }, "NOT_ENFORCEABLE"],
  ["refuses a scope that holds the key, whatever else is read", {
    policy: WIDE,
    facts: sampleFacts({ reads: [HOST, scope(there("/home/ci"))] }),
    sealed: [key("/home/ci/keys/key.pem")],
  }, "NOT_ENFORCEABLE"],
  ["refuses a read scope in /proc", {
    policy: WIDE,
    facts: reads(there("/proc/self")),
  }, "NOT_ENFORCEABLE"],
  ["refuses a read scope in /dev", {
    policy: WIDE,
    facts: reads(there("/dev/disk")),
  }, "NOT_ENFORCEABLE"],
  ["refuses /sys itself", {
    policy: WIDE,
    facts: reads(there("/sys")),
  }, "NOT_ENFORCEABLE"],
  ["refuses a scope that a link leads into /proc", {
    policy: WIDE,
    facts: reads(linked("/w/link", "/proc/1/root")),
  }, "NOT_ENFORCEABLE"],
  ["allows names that only begin so", {
    policy: WIDE,
    facts: reads(there("/system"), there("/devel"), there("/process")),
  }, null],

  ["allows an existing write scope", {
    facts: writes(there("/w/repo/out")),
  }, null],
  ["refuses a write scope that a link leads out", {
    facts: writes(linked("/w/repo/out", "/w/other")),
  }, "PATH_ESCAPE"],
  ["refuses a write scope where only reading is allowed", {
    facts: writes(there("/w/other")),
  }, "PATH_ESCAPE"],
  ["refuses a missing write scope", {
    facts: writes(there("/w/repo/out", { kind: "missing" })),
  }, "SCOPE_UNAVAILABLE"],
  ["refuses a missing write scope below a read scope", {
    facts: sampleFacts({
      reads: [scope(there("/w/repo"))],
      writes: [scope(there("/w/repo/out", { kind: "missing" }))],
    }),
  }, "SCOPE_UNAVAILABLE"],
  ["allows a missing write scope below an existing one", {
    facts: writes(
      there("/w/repo/out/new", { kind: "missing" }),
      there("/w/repo/out"),
    ),
  }, null],
  ["refuses a missing write scope below a file", {
    facts: writes(
      there("/w/repo/a/new", { kind: "missing" }),
      there("/w/repo/a", { kind: "file" }),
    ),
  }, "SCOPE_UNAVAILABLE"],

  ["refuses a write scope that holds the receipt's directory", {
    facts: writes(there("/w/repo")),
    sealed: [mask("/w/repo/receipts")],
  }, "NOT_ENFORCEABLE"],
  ["refuses a write scope that is csc's own directory", {
    facts: writes(there("/w/repo/receipts")),
    sealed: [mask("/w/repo/receipts")],
  }, "NOT_ENFORCEABLE"],
  ["refuses a write scope inside csc's own directory", {
    facts: writes(there("/w/repo/receipts/x")),
    sealed: [mask("/w/repo/receipts")],
  }, "NOT_ENFORCEABLE"],
  ["refuses a read scope inside csc's own directory", {
    facts: reads(there("/w/state/runs")),
    sealed: [mask("/w/state")],
  }, "NOT_ENFORCEABLE"],
  ["refuses a cwd inside csc's own directory", {
    sealed: [mask("/w")],
  }, "NOT_ENFORCEABLE"],
  ["allows a read scope around csc's own, which is masked", {
    facts: reads(there("/w")),
    sealed: [mask("/w/state")],
  }, null],
  ["allows a write scope beside csc's own", {
    facts: writes(there("/w/repo/out")),
    sealed: [mask("/w/repo/output"), mask("/w/repo/ou")],
  }, null],

  ["refuses a write scope that holds a turn on csc's way", {
    facts: writes(there("/w/repo/out")),
    sealed: [turn("/w/repo/out/link")],
  }, "NOT_ENFORCEABLE"],
  ["allows a write scope that is left by dots itself", {
    facts: writes(there("/w/repo/out")),
    sealed: [turn("/w/repo/out")],
  }, null],
  ["allows a write scope below a turn", {
    facts: writes(there("/w/repo/out")),
    sealed: [turn("/w/repo")],
  }, null],
  ["allows reading a turn", {
    facts: reads(there("/w")),
    sealed: [turn("/w/link")],
  }, null],

  ["refuses a read scope that holds the key", {
    facts: reads(there("/w/keys")),
    sealed: [key("/w/keys/key.pem")],
  }, "NOT_ENFORCEABLE"],
  ["refuses a read scope that is the key", {
    facts: reads(there("/w/key.pem", { kind: "file" })),
    sealed: [key("/w/key.pem")],
  }, "NOT_ENFORCEABLE"],
  ["refuses a write scope that holds the key", {
    facts: writes(there("/w/repo/out")),
    sealed: [key("/w/repo/out/keys/key.pem")],
  }, "NOT_ENFORCEABLE"],
  ["refuses a readable cwd that holds the key", {
    sealed: [key("/w/repo/key.pem")],
  }, "NOT_ENFORCEABLE"],
  ["allows the key in a cwd that is shown empty", {
    policy: samplePolicy({ allowed_read_prefixes: ["/elsewhere"] }),
    sealed: [key("/w/repo/key.pem")],
  }, null],
  ["refuses a key in a system directory", {
    sealed: [key("/usr/local/etc/csc/key.pem")],
  }, "NOT_ENFORCEABLE"],
  ["refuses a key that is a file of /etc that is shown", {
    sealed: [key("/etc/passwd")],
  }, "NOT_ENFORCEABLE"],
  ["allows a key beside every scope", {
    facts: reads(there("/w/read")),
    sealed: [key("/w/read.pem"), key("/etc/csc/key.pem")],
  }, null],
];

for (const [behaviour, changes, code] of CASES) {
  Deno.test(`buildPlan() ${behaviour}`, () => {
    assert.equal(refusal(changes)?.[0] ?? null, code);
  });
}

Deno.test("buildPlan() takes a prefix that is a link for where it leads", () => {
  const policy = samplePolicy({
    allowed_cwd_prefixes: ["/link"],
    allowed_read_prefixes: ["/link"],
    allowed_write_prefixes: ["/link"],
  });
  const facts = sampleFacts({
    cwd: linked("/link", "/real"),
    reads: [scope(linked("/link", "/real"))],
    writes: [scope(there("/real/out"))],
  });
  const host = sampleHost({ realPrefixes: new Map([["/link", "/real"]]) });
  assert.equal(refusal({ policy, facts, host }), null);
  // Without the host's word for it, the real path lies outside.
  assert.equal(refusal({ policy, facts })?.[0], "PATH_ESCAPE");
});

Deno.test("buildPlan() quotes what it refuses, harmless to a terminal", () => {
  const facts = reads(linked("/w/\x1b[2J", "/root"));
  const [, message] = refusal({ facts }) ?? ["", ""];
  assert.match(message, /"\/w\/\\u001b\[2J"/);
  assert.match(message, /"\/root"/);
});

Deno.test("buildPlan() says what of csc's a scope would touch", () => {
  const cases: [Partial<PlanInput>, RegExp][] = [
    [
      { facts: writes(there("/w/repo")), sealed: [mask("/w/repo/r.json")] },
      /write scope "\/w\/repo".* receipt or state in "\/w\/repo\/r\.json"/,
    ],
    [
      { facts: writes(there("/w/repo")), sealed: [turn("/w/repo/ol")] },
      /write scope "\/w\/repo".* by way of "\/w\/repo\/ol"/,
    ],
    [
      { facts: reads(there("/w")), sealed: [key("/w/k")] },
      /read scope "\/w".* signing key "\/w\/k"/,
    ],
    [{ sealed: [key("/w/repo/k")] }, /cwd "\/w\/repo".* signing key/],
    [{ sealed: [key("/usr/k")] }, /system directory "\/usr".* signing key/],
  ];
  for (const [changes, message] of cases) {
    assert.match(refusal(changes)?.[1] ?? "", message);
  }
});

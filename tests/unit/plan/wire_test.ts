/** What TypeScript encodes, the launcher's own decoder reads back. */
import assert from "node:assert/strict";
import { isCscError } from "../../../src/core/errors.ts";
import { planJson } from "../../../src/plan/build.ts";
import type { Plan, TreeOp } from "../../../src/plan/plan.ts";
import { stagePlan } from "../../../src/plan/staging.ts";
import { encodePlan } from "../../../src/plan/wire.ts";
import { samplePipeline } from "../decide/samples.ts";
import { wireJson } from "../../native/wire_dump.ts";
import {
  fileFact,
  opText,
  program,
  sampleFacts,
  sampleHost,
  samplePlan,
  scope,
  there,
} from "./samples.ts";

interface DecodedOp {
  readonly type: number;
  readonly flags: number;
  readonly mode: number;
  readonly bytes: number;
  readonly inodes: number;
  readonly uid: number;
  readonly gid: number;
  readonly segments: number;
  readonly device: number;
  readonly inode: number;
  readonly path: string;
  readonly source: string;
}

interface Decoded {
  readonly error?: string;
  readonly root: Plan["root"];
  readonly run_as: { uid: number; gid: number; identity: number };
  readonly hostname: string;
  readonly cwd: string;
  readonly tree: readonly DecodedOp[];
  readonly landlock: Omit<Plan["landlock"], "abi" | "lost">;
  readonly limits: readonly (readonly [number, number])[];
  readonly env: readonly string[];
  readonly segments: Plan["segments"];
}

function decode(plan: Plan): Promise<Decoded> {
  return wireJson<Decoded>("plan", encodePlan(plan));
}

/** enum csc_record and CSC_BIND_* of native/wire/plan.h. */
const TYPE = {
  dir: 2,
  symlink: 3,
  bind: 4,
  tmpfs: 5,
  proc: 6,
  mask: 8,
  file: 15,
  pin: 24,
  hold: 25,
  overlay: 30,
} as const;
const ALLOW = 26;
const BIND_OWNED = 17;
const RDONLY = 1;
const NOEXEC = 2;
const DEVICES = 4;
const DIR = 8;

function expectedOp(op: TreeOp): DecodedOp {
  const plain = {
    type: TYPE[op.op],
    flags: 0,
    mode: 0,
    bytes: 0,
    inodes: 0,
    uid: 0,
    gid: 0,
    segments: 0,
    device: 0,
    inode: 0,
    path: op.path,
    source: "",
  };
  switch (op.op) {
    case "dir":
      return { ...plain, mode: op.mode };
    case "file":
      return { ...plain, mode: op.mode, source: op.text };
    case "symlink":
      return { ...plain, source: op.target };
    case "tmpfs":
      return {
        ...plain,
        flags: op.noExec ? NOEXEC : 0,
        mode: op.mode,
        bytes: op.bytes,
        inodes: op.inodes,
      };
    case "hold":
      return {
        ...plain,
        flags: (op.readOnly ? RDONLY : 0) | (op.directory ? DIR : 0),
      };
    case "pin":
      return {
        ...plain,
        // CSC_PIN_* of native/wire/plan.h.
        flags: (op.byDescriptor ? 1 : 0) | (op.lifted ? 2 : 0) |
          (op.interpreter ? 4 : 0),
        segments: op.segments.reduce((sum, index) => sum + 2 ** index, 0),
        device: Number(op.device),
        inode: Number(op.inode),
      };
    case "overlay":
      return {
        ...plain,
        ...op.owner,
        flags: DIR | (op.noExec ? NOEXEC : 0),
        source: op.source,
      };
    case "bind": {
      const flags = (op.readOnly ? RDONLY : 0) | (op.devices ? DEVICES : 0) |
        (op.noExec ? NOEXEC : 0) | (op.directory ? DIR : 0);
      if (op.owner === null) return { ...plain, flags, source: op.source };
      return {
        ...plain,
        ...op.owner,
        type: BIND_OWNED,
        flags,
        source: op.source,
      };
    }
    default:
      return plain;
  }
}

function allowedOps({ allowed }: Plan): DecodedOp[] {
  return (allowed ?? []).map(({ path, device, inode }) => ({
    type: ALLOW,
    flags: 0,
    mode: 0,
    bytes: 0,
    inodes: 0,
    uid: 0,
    gid: 0,
    segments: 0,
    device: Number(device),
    inode: Number(inode),
    path,
    source: "",
  }));
}

async function assertRoundTrip(plan: Plan): Promise<void> {
  const decoded = await decode(plan);
  assert.equal(decoded.error, undefined);
  const { handled, scoped, flags, rules } = plan.landlock;
  assert.deepEqual(decoded, {
    root: plan.root,
    run_as: {
      uid: plan.runAs.uid,
      gid: plan.runAs.gid,
      identity: plan.runAs.switched ? 2 : 1,
    },
    hostname: plan.hostname,
    cwd: plan.cwd,
    tree: [...plan.tree.map(expectedOp), ...allowedOps(plan)],
    landlock: { handled, scoped, flags, rules },
    limits: plan.limits.map(({ resource, value }) => [resource, value]),
    env: plan.env,
    segments: plan.segments,
  });
}

Deno.test("encodePlan() is read back whole by the launcher's decoder", async () => {
  await assertRoundTrip(samplePlan({
    facts: sampleFacts({
      reads: [scope(there("/w")), scope(there("/w/a.txt", { kind: "file" }))],
      writes: [scope(there("/w/repo/out"))],
      env: [["LANG", "C.UTF-8"], ["EMPTY", ""]],
    }),
    sealed: [{ path: "/w/state", reads: "mask" }],
  }));
});

Deno.test("encodePlan() tells of staged scopes", async () => {
  const plan = samplePlan({
    facts: sampleFacts({
      reads: [scope(there("/w"))],
      writes: [scope(there("/w/repo", { owner: { uid: 1000, gid: 7 } }))],
    }),
  });
  const owner = { uid: 1000, gid: 7 };
  const staged = stagePlan(plan, {
    places: [{
      real: "/w/repo",
      directory: true,
      owner,
      layers: "/state/staged/0",
    }],
    work: 3,
    ownerOf: () => owner,
  });
  assert.equal(staged.tree.filter(({ op }) => op === "overlay").length, 1);
  await assertRoundTrip(staged);
  const text = new TextDecoder("latin1").decode(encodePlan(staged));
  assert.ok(text.includes("/w/repo\0/w/repo\0/state/staged/0\0"));
});

Deno.test("encodePlan() tells the scopes' owners where the user changes", async () => {
  const plan = samplePlan({
    host: sampleHost({
      runAs: { uid: 65534, gid: 4294967294, switched: true },
    }),
    facts: sampleFacts({
      reads: [scope(there("/w", { owner: { uid: 4294967294, gid: 1 } }))],
      writes: [scope(there("/w/repo", { owner: { uid: 1000, gid: 0 } }))],
    }),
  });
  assert.equal(
    plan.tree.filter((op) => op.op === "bind" && op.owner !== null).length,
    2,
  );
  await assertRoundTrip(plan);
});

Deno.test("encodePlan() keeps pipelines, empty arguments and every character", async () => {
  await assertRoundTrip(samplePlan({
    command: samplePipeline([
      ["printf", "", "a b", "tab\there", 'q"\\', "grüße 日本 😀", "\u202e"],
      ["cat", "-"],
    ]),
    facts: sampleFacts({
      executables: [
        program("/usr/bin/printf"),
        program("/w/ünï/cat"),
      ],
      env: [["MULTI", "line\nline\r\x1b["]],
    }),
  }));
});

Deno.test("encodePlan() says what is pinned, held and lifted", async () => {
  const inScope = "/w/repo/bin/tool";
  const script = fileFact("/w/repo/run", { script: true });
  const plan = samplePlan({
    command: samplePipeline([["tool"], ["run"], ["git"]]),
    facts: sampleFacts({
      writes: [scope(there("/w/repo"))],
      executables: [
        program(inScope, { device: 0xfffff00000001n, inode: 2n ** 52n }),
        { found: true, file: script.real, chain: [script, fileFact(inScope)] },
        program("/usr/bin/git"),
      ],
    }),
  });
  const ops = plan.tree.filter(({ op }) => op === "pin" || op === "hold");
  assert.deepEqual(ops.map(opText), [
    "hold /w/repo/bin",
    "pin /w/repo/bin/tool",
    "pin /w/repo/run",
    "pin /usr/bin/git",
  ]);
  await assertRoundTrip(plan);
});

Deno.test("encodePlan() says what strict execution allows", async () => {
  const allowed = [fileFact("/usr/bin/git"), fileFact("/lib/ld.so")];
  const plan = samplePlan({ facts: sampleFacts({ allowed }) });
  assert.deepEqual(
    planJson(plan)["executables_allowed"],
    ["/usr/bin/git", "/lib/ld.so"],
  );
  await assertRoundTrip(plan);
  assert.equal(planJson(samplePlan())["executables_allowed"], null);
});

Deno.test("encodePlan() grows its buffer wherever it is full", async () => {
  const plan = samplePlan();
  // Around the first size of the buffer, a byte at a time, and far beyond.
  for (const length of [15_000, 16_383, 16_384, 16_385, 40_000, 3_000_000]) {
    const argv = ["true", "x".repeat(length), "é".repeat(length / 4), "end"];
    const segments = [{ file: "/usr/bin/true", argv }];
    await assertRoundTrip({ ...plan, segments });
  }
});

Deno.test("encodePlan() fits at every offset around the end of its buffer", async () => {
  const plan = samplePlan();
  const used = encodePlan({ ...plan, env: [] }).length;
  for (let extra = -24; extra <= 24; extra++) {
    const value = "v".repeat(16 * 1024 - used + extra);
    const bytes = encodePlan({ ...plan, env: [`A=${value}`] });
    assert.equal(new DataView(bytes.buffer).getUint32(8, true), bytes.length);
  }
  // As many characters as there was room for bytes, of one, two and three each.
  for (const character of ["v", "é", "日"]) {
    const value = character.repeat(16 * 1024 - used - 11);
    await assertRoundTrip({ ...plan, env: [`A=${value}`] });
  }
});

Deno.test("encodePlan() carries what a contract may hold at most", async () => {
  const argv = ["true", ...Array.from({ length: 199 }, (_, i) => `a${i}`)];
  const segment = { file: "/usr/bin/true", argv };
  const segments = Array.from({ length: 10 }, () => segment);
  await assertRoundTrip({ ...samplePlan(), segments });
  const eleven = { ...samplePlan(), segments: [...segments, segment] };
  assert.match((await decode(eleven)).error ?? "", /malformed/);
});

Deno.test("encodePlan() keeps numbers above 32 bits", async () => {
  const plan = samplePlan();
  const limits = [{ name: "x", resource: 2, value: 2 ** 40 + 1 }];
  await assertRoundTrip({ ...plan, limits });
});

Deno.test("encodePlan() refuses a NUL, which would cut a string short", () => {
  const plan = samplePlan();
  assert.throws(
    () => encodePlan({ ...plan, env: ["A=b\0c"] }),
    (error) => isCscError(error) && error.code === "INTERNAL",
  );
});

import assert from "node:assert/strict";
import { baseTree } from "../../../src/plan/mounts.ts";
import { pinExecutables } from "../../../src/plan/pins.ts";
import type { PinOp, TreeOp } from "../../../src/plan/plan.ts";
import { DEFAULT_PROFILE } from "../../../src/plan/sandbox_profile.ts";
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

/** A tree in which /w/repo can be written and /w/tools only be read. */
const TREE: readonly TreeOp[] = samplePlan({
  facts: sampleFacts({
    executables: [],
    reads: [scope(there("/w/tools"))],
    writes: [scope(there("/w/repo"))],
  }),
}).tree;

const pinsOf = (...executables: Parameters<typeof pinExecutables>[1]) =>
  pinExecutables(TREE, executables).ops;

Deno.test("pinExecutables() starts a program of the system by its path", () => {
  const [pin] = pinsOf(program("/usr/bin/git")) as PinOp[];
  assert.deepEqual(pin, {
    op: "pin",
    path: "/usr/bin/git",
    device: 1n,
    inode: 2n,
    segments: [0],
    byDescriptor: false,
    lifted: false,
    interpreter: false,
  });
});

Deno.test("pinExecutables() starts a program of a scope by descriptor, noexec or not", () => {
  const pins = pinsOf(program("/w/tools/a"), program("/w/repo/x/b")) as PinOp[];
  assert.deepEqual(
    pins.map(({ path, byDescriptor, lifted, segments }) => [
      path,
      byDescriptor,
      lifted,
      segments,
    ]),
    [["/w/tools/a", true, false, [0]], ["/w/repo/x/b", true, true, [1]]],
  );
});

Deno.test("pinExecutables() holds the way to a script that the command could move", () => {
  const script = fileFact("/w/repo/x/y/run", { script: true });
  const shell = fileFact("/usr/bin/sh");
  const ops = pinsOf({
    found: true,
    file: script.real,
    chain: [script, shell],
  });
  assert.deepEqual(ops.map(opText), [
    "hold /w/repo/x",
    "hold /w/repo/x/y",
    "pin /w/repo/x/y/run",
    "pin /usr/bin/sh",
  ]);
  assert.equal((ops.at(-1) as PinOp).interpreter, true);
});

Deno.test("pinExecutables() does not start a script by the descriptor of its interpreter", () => {
  const tool = fileFact("/w/tools/tool");
  const script = fileFact("/w/tools/run", { script: true });
  const pins = pinsOf(
    { found: true, file: script.real, chain: [script, tool] },
    { found: true, file: tool.real, chain: [tool] },
  ) as PinOp[];
  const pin = pins.find(({ path }) => path === tool.real);
  assert.deepEqual(
    [pin?.byDescriptor, pin?.segments, pin?.interpreter],
    [true, [1], true],
  );
});

Deno.test("pinExecutables() follows no link that the command could change", () => {
  const real = fileFact("/w/repo/lib/run", {
    script: true,
    links: [{ path: "/w/repo/bin/run", target: "../lib/run" }],
  });
  const safe = fileFact("/usr/bin/git", {
    links: [{ path: "/w/tools/git", target: "/usr/bin/git" }],
  });
  const { files } = pinExecutables(TREE, [
    { found: true, file: "/w/repo/bin/run", chain: [real] },
    { found: true, file: "/w/tools/git", chain: [safe] },
  ]);
  assert.deepEqual(files, ["/w/repo/lib/run", "/w/tools/git"]);
});

Deno.test("pinExecutables() states no interpreter that a segment before could exchange", () => {
  const script = fileFact("/w/tools/run", { script: true });
  const python = fileFact("/usr/bin/python3", {
    links: [{ path: "/w/repo/venv/python", target: "/usr/bin/python3" }],
  });
  const fact = {
    found: true,
    file: script.real,
    chain: [script, python],
  } as const;
  assert.deepEqual(pinsOf(fact).map(opText), [
    "pin /w/tools/run",
    "pin /usr/bin/python3",
  ]);
  assert.deepEqual(pinsOf(program("/usr/bin/git"), fact).map(opText), [
    "pin /usr/bin/git",
    "pin /w/tools/run",
  ]);
});

Deno.test("pinExecutables() pins nothing that the tree does not show", () => {
  const { ops, files } = pinExecutables(TREE, [
    program("/opt/tool"),
    { found: false, exitCode: 127, why: "command not found" },
  ]);
  assert.deepEqual([ops, files], [[], ["/opt/tool", "/"]]);
});

Deno.test("buildPlan() makes what a command may write noexec, unless configured", () => {
  const facts = sampleFacts({
    reads: [scope(there("/w/tools"))],
    writes: [scope(there("/w/repo/out"))],
  });
  const noExec = (execFromWriteScopes: boolean) => {
    const profile = { ...DEFAULT_PROFILE, execFromWriteScopes };
    const base = baseTree(sampleHost(), profile);
    return samplePlan({ facts, profile, base }).tree
      .filter((op) => (op.op === "bind" || op.op === "tmpfs") && op.noExec)
      .map(opText);
  };
  assert.deepEqual(noExec(false), [
    "tmpfs /tmp",
    "tmpfs /dev/shm",
    "tmpfs /var/tmp",
    "rw /w/repo/out",
  ]);
  assert.deepEqual(noExec(true), []);
});

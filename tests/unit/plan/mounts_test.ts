import assert from "node:assert/strict";
import { baseTree, scopeTree } from "../../../src/plan/mounts.ts";
import type { CommandFacts, PathFact } from "../../../src/plan/host_facts.ts";
import type { TreeOp } from "../../../src/plan/plan.ts";
import { DEFAULT_PROFILE } from "../../../src/plan/sandbox_profile.ts";
import {
  linked,
  opText,
  sampleFacts,
  sampleHost,
  scope,
  there,
} from "./samples.ts";

const BASE = baseTree(sampleHost(), DEFAULT_PROFILE);

/** What a command with these scopes is shown beyond the base. */
function shown(
  { reads = [], writes = [], cwd = there("/w/repo"), cwdReadable = false }: {
    reads?: PathFact[];
    writes?: PathFact[];
    cwd?: PathFact;
    cwdReadable?: boolean;
  },
): string[] {
  const facts: CommandFacts = sampleFacts({
    cwd,
    reads: reads.map(scope),
    writes: writes.map(scope),
  });
  return scopeTree(BASE, facts, cwdReadable, false).map(opText);
}

function indexOf(tree: readonly TreeOp[], text: string): number {
  const index = tree.findIndex((op) => opText(op) === text);
  assert.notEqual(index, -1, `no "${text}"`);
  return index;
}

type Case = [behaviour: string, scopes: Parameters<typeof shown>[0], string[]];

const CASES: Case[] = [
  ["shows a read scope read-only", { reads: [there("/w/repo")] }, [
    "ro /w/repo",
  ]],
  ["shows a write scope writable", { writes: [there("/w/repo")] }, [
    "rw /w/repo",
  ]],
  ["lays a write scope on the read scope around it", {
    reads: [there("/w/repo")],
    writes: [there("/w/repo/out")],
  }, ["ro /w/repo", "rw /w/repo/out"]],
  ["lets a write scope stand for a read scope inside", {
    reads: [there("/w/repo/docs")],
    writes: [there("/w/repo")],
  }, ["rw /w/repo"]],
  ["lets the write scope win where both name one path", {
    reads: [there("/w/repo")],
    writes: [there("/w/repo")],
  }, ["rw /w/repo"]],
  ["drops what a scope of the same kind covers", {
    reads: [there("/w/repo/a/b"), there("/w/repo"), there("/w/repo/a")],
  }, ["ro /w/repo"]],
  ["keeps write in read in write apart", {
    reads: [there("/w/repo/a")],
    writes: [there("/w/repo"), there("/w/repo/a/b")],
  }, ["rw /w/repo"]],
  ["does not take a sibling for a child", {
    cwd: there("/w/repo"),
    reads: [there("/w/repo")],
    writes: [there("/w/repo2")],
  }, ["rw /w/repo2", "ro /w/repo"]],
  ["goes from shallow to deep whatever the order declared", {
    reads: [there("/w/repo/x/y/z"), there("/w/repo")],
    writes: [there("/w/repo/x/y")],
  }, ["ro /w/repo", "rw /w/repo/x/y"]],
  ["shows a single file", {
    cwd: there("/w"),
    reads: [there("/w/a.txt", { kind: "file" })],
  }, ["ro /w/a.txt", "dir /w"]],
  ["shows nothing for a scope that does not exist", {
    reads: [there("/w/none", { kind: "missing" })],
  }, ["dir /w/repo"]],
  ["makes an empty directory of a cwd that may not be read", {}, [
    "dir /w/repo",
  ]],
  ["shows a cwd that may be read, read-only", { cwdReadable: true }, [
    "ro /w/repo",
  ]],
  ["does not make a writable cwd read-only", {
    cwdReadable: true,
    writes: [there("/w/repo")],
  }, ["rw /w/repo"]],
  ["leaves a cwd below a write scope writable", {
    cwdReadable: true,
    cwd: there("/w/repo/sub"),
    writes: [there("/w/repo")],
  }, ["rw /w/repo"]],
  ["needs no directory for a cwd in a system directory", {
    cwd: there("/usr/share"),
  }, []],
  ["shows a scope where it really lies, and the link to it", {
    reads: [linked("/w/link", "/data/real")],
    cwd: there("/data/real"),
  }, ["ro /data/real", "link /w/link -> /data/real"]],
  ["does not repeat a link that a shown directory holds", {
    reads: [there("/w/repo"), linked("/w/repo/link", "/data/real")],
  }, ["ro /w/repo", "ro /data/real"]],
  ["does not repeat a link that a system directory holds", {
    reads: [linked("/usr/lib/default", "/opt/v2")],
    cwd: there("/opt/v2"),
  }, ["ro /opt/v2"]],
  ["does not repeat a link that the base has made", {
    reads: [linked("/bin", "/usr/bin")],
    cwd: there("/usr"),
  }, ["ro /usr/bin"]],
  ["makes each link once", {
    reads: [linked("/w/link", "/data/real")],
    writes: [linked("/w/link", "/data/real")],
    cwd: linked("/w/link", "/data/real"),
  }, ["rw /data/real", "link /w/link -> /data/real"]],
  ["follows a chain of links, each in its place", {
    reads: [{
      asked: "/a",
      kind: "directory",
      real: "/c",
      links: [{ path: "/a", target: "/b" }, { path: "/b", target: "c" }],
      owner: { uid: 0, gid: 0 },
    }],
    cwd: there("/c"),
  }, ["ro /c", "link /a -> /b", "link /b -> c"]],
  ["shows a scope below the private /tmp", {
    writes: [there("/tmp/scope")],
    cwd: there("/tmp/scope"),
  }, ["rw /tmp/scope"]],
];

for (const [behaviour, scopes, expected] of CASES) {
  Deno.test(`scopeTree() ${behaviour}`, () => {
    assert.deepEqual(shown(scopes), expected);
  });
}

Deno.test("baseTree() shows system directories read-only and without devices", () => {
  for (const op of BASE) {
    if (op.op !== "bind" || op.because !== "system") continue;
    assert.ok(op.readOnly, op.path);
    assert.ok(!op.devices, op.path);
  }
  indexOf(BASE, "ro /usr");
  indexOf(BASE, "ro /etc/passwd");
});

Deno.test("baseTree() repeats the links of merged /usr instead of mounting twice", () => {
  indexOf(BASE, "link /bin -> /usr/bin");
  assert.ok(!BASE.some((op) => op.op === "bind" && op.path === "/usr/bin"));
});

Deno.test("baseTree() opens devices only for the five that hold nothing", () => {
  const devices = BASE.filter((op) => op.op === "bind" && op.devices);
  assert.deepEqual(
    devices.map(({ path }) => path).sort(),
    ["/dev/full", "/dev/null", "/dev/random", "/dev/urandom", "/dev/zero"],
  );
});

Deno.test("baseTree() seals parts of /proc after it is mounted", () => {
  const proc = indexOf(BASE, "proc /proc");
  for (
    const seal of [
      "mask /proc/kallsyms",
      "mask /proc/keys",
    ]
  ) {
    assert.ok(indexOf(BASE, seal) > proc, seal);
  }
});

Deno.test("scopeTree() puts the command's user in the place of each scope's owner", () => {
  const owned = (path: string, uid: number) =>
    there(path, { owner: { uid, gid: uid + 1 } });
  const facts = sampleFacts({
    cwd: owned("/c", 3),
    reads: [scope(owned("/r", 1))],
    writes: [scope(owned("/w", 2))],
  });
  const owners = (asOwner: boolean) =>
    scopeTree(BASE, facts, true, asOwner).map((op) =>
      op.op === "bind" ? [op.path, op.owner?.uid, op.owner?.gid] : []
    );
  assert.deepEqual(owners(true), [["/w", 2, 3], ["/r", 1, 2], ["/c", 3, 4]]);
  assert.deepEqual(
    owners(false).map(([, uid]) => uid),
    [undefined, undefined, undefined],
  );
});

Deno.test("scopeTree() shows the host's parts as they are, scopes in them as the user's", () => {
  const own = (path: string) => there(path, { owner: { uid: 1, gid: 2 } });
  const facts = sampleFacts({
    cwd: own("/home/c"),
    reads: [
      { ...scope(there("/")), parts: [own("/home"), own("/srv")] },
      scope(own("/srv/r")),
    ],
    writes: [scope(own("/srv/w"))],
  });
  const binds = (asOwner: boolean) =>
    scopeTree([], facts, true, asOwner).map((op) =>
      op.op === "bind" ? `${op.path} ${op.owner?.uid ?? "as it is"}` : ""
    );
  assert.deepEqual(binds(true), [
    "/home as it is",
    "/srv as it is",
    "/srv/w 1",
    "/srv/r 1",
    "/home/c 1",
  ]);
  assert.deepEqual(binds(false), [
    "/home as it is",
    "/srv as it is",
    "/srv/w as it is",
  ]);
});

Deno.test("scopeTree() shows nothing whose owner is not known", () => {
  const facts = sampleFacts({ writes: [scope(there("/w", { owner: null }))] });
  assert.throws(() => scopeTree(BASE, facts, false, true), /owner/);
});

Deno.test("baseTree() shows system directories as they are", () => {
  const switched = { uid: 5, gid: 5, switched: true };
  const tree = baseTree(sampleHost({ runAs: switched }), DEFAULT_PROFILE);
  const binds = tree.filter((op) => op.op === "bind");
  assert.ok(binds.length > 3);
  assert.ok(binds.every(({ owner }) => owner === null));
});

Deno.test("baseTree() masks for root what only root could read", () => {
  const forRoot = baseTree(
    sampleHost({
      runAs: { uid: 0, gid: 0, switched: false },
    }),
    DEFAULT_PROFILE,
  ).map(opText);
  for (const path of ["/proc/kcore", "/proc/slabinfo"]) {
    assert.ok(forRoot.includes(`mask ${path}`), path);
    assert.ok(!BASE.map(opText).includes(`mask ${path}`), path);
  }
});

Deno.test("baseTree() makes /tmp and /dev/shm private, of the size configured", () => {
  const profile = { ...DEFAULT_PROFILE, tmpBytes: 8 * 1024 * 1024 };
  const tree = baseTree(sampleHost(), profile);
  for (const path of ["/tmp", "/dev/shm"]) {
    const op = tree.find((op) => op.op === "tmpfs" && op.path === path);
    assert.ok(op?.op === "tmpfs");
    assert.equal(op.bytes, 8 * 1024 * 1024);
    assert.equal(op.inodes, 2048);
    assert.equal(op.mode, 0o1777);
  }
});

Deno.test("baseTree() leaves out what the host does not have", () => {
  const host = sampleHost({
    systemDirs: [there("/usr"), there("/lib64", { kind: "missing" })],
  });
  const tree = baseTree(host, DEFAULT_PROFILE);
  assert.ok(!tree.some(({ path }) => path === "/lib64"));
});

Deno.test("baseTree() shows a file of /etc where its link leads", () => {
  const localtime = "/usr/share/zoneinfo/UTC";
  const host = sampleHost({
    etc: [
      linked("/etc/localtime", localtime, "file"),
      linked("/etc/x", "/opt/x", "file"),
    ],
  });
  const tree = baseTree(host, DEFAULT_PROFILE).map(opText);
  assert.ok(tree.includes(`link /etc/localtime -> ${localtime}`));
  // Below /usr already; /opt/x is not.
  assert.ok(!tree.includes(`ro ${localtime}`));
  assert.ok(tree.includes("ro /opt/x"));
});

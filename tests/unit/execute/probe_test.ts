import assert from "node:assert/strict";
import {
  findExecutable,
  probePath,
  probeScope,
} from "../../../src/execute/probe.ts";

/** Runs `body` in a folder with files, links and a program. */
function withTree(body: (root: string) => void): void {
  const root = Deno.realPathSync(
    Deno.makeTempDirSync({ prefix: "csc-probe-" }),
  );
  try {
    Deno.mkdirSync(`${root}/dir/sub`, { recursive: true });
    Deno.writeTextFileSync(`${root}/dir/file`, "");
    Deno.writeTextFileSync(`${root}/dir/program`, "#!/bin/sh\n");
    Deno.chmodSync(`${root}/dir/program`, 0o755);
    Deno.writeTextFileSync(`${root}/dir/data`, "");
    Deno.chmodSync(`${root}/dir/data`, 0o644);
    Deno.symlinkSync("dir", `${root}/relative`);
    Deno.symlinkSync(`${root}/dir`, `${root}/absolute`);
    Deno.symlinkSync("../dir/sub", `${root}/dir/up`);
    Deno.symlinkSync("relative/sub", `${root}/chain`);
    Deno.symlinkSync("nowhere/x", `${root}/dangling`);
    Deno.symlinkSync("loop", `${root}/loop`);
    Deno.symlinkSync("program", `${root}/dir/alias`);
    body(root);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

type Case = [
  behaviour: string,
  path: string,
  kind: "directory" | "file" | "missing",
  real: string,
  links: string[],
];

const CASES: Case[] = [
  ["sees a directory", "/dir/sub", "directory", "/dir/sub", []],
  ["sees a file", "/dir/file", "file", "/dir/file", []],
  ["sees what is missing", "/dir/none/x", "missing", "/dir/none/x", []],
  ["sees no file below a file", "/dir/file/x", "missing", "/dir/file/x", []],
  [
    "ignores repeated and trailing slashes",
    "//dir///sub/",
    "directory",
    "/dir/sub",
    [],
  ],
  ["ignores dots", "/./dir/./sub/.", "directory", "/dir/sub", []],
  ["follows a relative link", "/relative/sub", "directory", "/dir/sub", [
    "/relative -> dir",
  ]],
  ["follows a link that climbs", "/dir/up", "directory", "/dir/sub", [
    "/dir/up -> ../dir/sub",
  ]],
  ["follows a chain", "/chain", "directory", "/dir/sub", [
    "/chain -> relative/sub",
    "/relative -> dir",
  ]],
  ["names where a dangling link leads", "/dangling", "missing", "/nowhere/x", [
    "/dangling -> nowhere/x",
  ]],
];

for (const [behaviour, path, kind, real, links] of CASES) {
  Deno.test(`probePath() ${behaviour}: ${path}`, () => {
    withTree((root) => {
      const fact = probePath(`${root}${path}`);
      assert.equal(fact.kind, kind);
      assert.equal(fact.real, `${root}${real}`);
      assert.equal(fact.asked, `${root}${path}`);
      assert.deepEqual(
        fact.links.map((link) =>
          `${link.path.slice(root.length)} -> ${link.target}`
        ),
        links,
      );
    });
  });
}

Deno.test("probePath() follows an absolute link from the root", () => {
  withTree((root) => {
    const fact = probePath(`${root}/absolute/file`);
    assert.deepEqual([fact.kind, fact.real], ["file", `${root}/dir/file`]);
    assert.equal(fact.links[0]?.target, `${root}/dir`);
  });
});

Deno.test("probePath() gives up on a loop, as the kernel does", () => {
  withTree((root) => {
    const fact = probePath(`${root}/loop/x`);
    assert.equal(fact.kind, "missing");
    assert.equal(fact.links.length, 40);
  });
});

Deno.test("probePath() agrees with the kernel on where existing paths lie", () => {
  withTree((root) => {
    for (
      const path of ["/relative/up", "/chain", "/absolute/up", "/dir/alias"]
    ) {
      const fact = probePath(`${root}${path}`);
      assert.equal(fact.real, Deno.realPathSync(`${root}${path}`));
    }
  });
});

Deno.test("probePath() tells who owns what a path leads to, however it ends", () => {
  withTree((root) => {
    Deno.symlinkSync("dir/sub/..", `${root}/back`);
    // Only root can tell them apart; the owner must be found all the same.
    if (Deno.uid() === 0) {
      Deno.chownSync(`${root}/dir`, 1001, 1002);
      Deno.chownSync(`${root}/dir/sub`, 1003, 1004);
    }
    for (
      const path of ["/dir", "/relative", "/dir/sub/..", "/back", "/chain/.."]
    ) {
      const { uid, gid } = Deno.lstatSync(`${root}/dir`);
      assert.deepEqual(probePath(`${root}${path}`).owner, { uid, gid }, path);
    }
    const { uid, gid } = Deno.lstatSync(`${root}/dir/sub`);
    assert.deepEqual(probePath(`${root}/chain`).owner, { uid, gid });
    assert.equal(probePath(`${root}/dangling`).owner, null);
  });
});

Deno.test("probePath() knows the root", () => {
  assert.deepEqual(probePath("/"), {
    asked: "/",
    kind: "directory",
    real: "/",
    links: [],
    owner: null,
  });
});

Deno.test("probeScope() asks about the part before the first glob", () => {
  withTree((root) => {
    const fact = probeScope(`${root}/relative/s*/x`);
    assert.equal(fact.scope, `${root}/relative/s*/x`);
    assert.equal(fact.path.real, `${root}/dir`);
    assert.equal(probeScope(`${root}/dir/**`).path.real, `${root}/dir`);
    assert.equal(probeScope(`${root}/dir/`).path.real, `${root}/dir`);
  });
});

Deno.test("probeScope() lists what is shown of the host's root", () => {
  const { parts = [] } = probeScope("/");
  const asked = parts.map((part) => part.asked);
  for (const { name } of Deno.readDirSync("/")) {
    const own = ["dev", "proc", "sys", "tmp", "var"].includes(name);
    const there = probePath(`/${name}`).kind !== "missing";
    assert.equal(asked.includes(`/${name}`), !own && there, name);
  }
  assert.ok(asked.includes("/var/lib"));
  assert.ok(!asked.includes("/var/tmp"));
  assert.equal(probeScope("/usr").parts, undefined);
  withTree((root) => {
    Deno.symlinkSync("/", `${root}/whole`);
    assert.ok((probeScope(`${root}/whole`).parts ?? []).length > 0);
  });
});

type Found = [
  behaviour: string,
  name: string,
  search: string[],
  found: string | 126 | 127,
];

const EXECUTABLES: Found[] = [
  ["finds a program by name", "program", ["/none", "/dir"], "/dir/program"],
  [
    "takes the first that runs",
    "program",
    ["/dir/sub", "/dir"],
    "/dir/program",
  ],
  ["finds it through a link", "alias", ["/dir"], "/dir/alias"],
  ["passes over a directory of that name", "sub", ["/dir"], 126],
  ["says 126 for a file that may not run", "data", ["/dir"], 126],
  ["says 127 for what is nowhere", "none", ["/dir"], 127],
  ["says 127 for an empty name", "", [], 127],
];

for (const [behaviour, name, search, found] of EXECUTABLES) {
  Deno.test(`findExecutable() ${behaviour}: ${JSON.stringify(name)}`, () => {
    withTree((root) => {
      const folders = search.map((folder) => `${root}${folder}`);
      const fact = findExecutable(name, `${root}/dir`, folders);
      if (typeof found === "string") {
        assert.deepEqual(fact, { found: true, file: `${root}${found}` });
      } else {
        assert.equal(fact.found ? 0 : fact.exitCode, found);
      }
    });
  });
}

Deno.test("findExecutable() sees a name with a slash from the cwd, and not on PATH", () => {
  withTree((root) => {
    const fact = findExecutable("./program", `${root}/dir`, []);
    assert.deepEqual(fact, { found: true, file: `${root}/dir/program` });
    const absolute = findExecutable(`${root}/dir/program`, "/", []);
    assert.equal(absolute.found, true);
    const elsewhere = findExecutable("./program", root, [`${root}/dir`]);
    assert.equal(elsewhere.found, false);
  });
});

Deno.test("findExecutable() does not look in the cwd for a plain name", () => {
  withTree((root) => {
    assert.equal(findExecutable("program", `${root}/dir`, []).found, false);
  });
});

Deno.test("probePath() says which file it has found, by whatever way", () => {
  withTree((root) => {
    for (
      const way of ["dir/sub", "chain", "dir/up", "dir/sub/../sub", "dir/sub/."]
    ) {
      const { dev, ino } = Deno.statSync(`${root}/dir/sub`);
      assert.deepEqual(probePath(`${root}/${way}`).file, {
        device: BigInt(dev),
        inode: BigInt(ino!),
      }, way);
    }
    assert.equal(probePath(`${root}/dangling`).file, undefined);
    assert.equal(probePath(`${root}/none/x`).file, undefined);
  });
});

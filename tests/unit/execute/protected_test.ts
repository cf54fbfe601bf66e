import assert from "node:assert/strict";
import { lookOnce } from "../../../src/execute/look.ts";
import { probeScope } from "../../../src/execute/probe.ts";
import { probeProtected } from "../../../src/execute/protected.ts";

const PATHS = [".git/hooks", ".git/config", ".npmrc", "a/b/c"];

/** The facts below a fresh directory that `lay` fills, with paths below it. */
function factsOf(
  lay: (root: string) => void,
  scopes: readonly string[] = [""],
) {
  const root = Deno.realPathSync(Deno.makeTempDirSync());
  try {
    lay(root);
    const look = lookOnce();
    const writes = scopes.map((scope) => probeScope(`${root}${scope}`, look));
    return probeProtected(writes, PATHS, look).map((fact) => ({
      ...fact,
      path: fact.path.replace(root, ""),
      place: fact.place?.replace(root, "") ?? null,
    }));
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

const mkdir = (path: string) => Deno.mkdirSync(path, { recursive: true });

Deno.test("probeProtected() finds what is there, and nothing deeper down", () => {
  const facts = factsOf((root) => {
    mkdir(`${root}/.git/hooks`);
    mkdir(`${root}/vendor/x/.git/hooks`);
    mkdir(`${root}/a/b`);
    Deno.writeTextFileSync(`${root}/.npmrc`, "");
  });
  assert.deepEqual(facts, [
    {
      path: "/.git/hooks",
      place: "/.git/hooks",
      directory: true,
      link: null,
    },
    { path: "/.npmrc", place: "/.npmrc", directory: false, link: null },
  ]);
});

Deno.test("probeProtected() looks below each scope's own root, once", () => {
  const facts = factsOf((root) => {
    mkdir(`${root}/.git/hooks`);
    mkdir(`${root}/sub`);
    Deno.writeTextFileSync(`${root}/sub/.npmrc`, "");
    Deno.writeTextFileSync(`${root}/file`, "");
  }, ["", "/.git", "/sub", "/file", "/none"]);
  assert.deepEqual(facts.map(({ path }) => path), [
    "/.git/hooks",
    "/sub/.npmrc",
  ]);
});

Deno.test("probeProtected() takes the .git file of a worktree for what it protects", () => {
  const facts = factsOf((root) => {
    Deno.writeTextFileSync(`${root}/.git`, "gitdir: /elsewhere\n");
  });
  assert.deepEqual(facts, [
    { path: "/.git", place: "/.git", directory: false, link: null },
  ]);
});

Deno.test("probeProtected() follows links, and tells where they were", () => {
  const facts = factsOf((root) => {
    mkdir(`${root}/store/hooks`);
    Deno.symlinkSync("store", `${root}/.git`);
    Deno.symlinkSync("nowhere", `${root}/.npmrc`);
  });
  assert.deepEqual(facts, [
    {
      path: "/.git/hooks",
      place: "/store/hooks",
      directory: true,
      link: "store",
    },
    { path: "/.git/config", place: null, directory: false, link: "store" },
    { path: "/.npmrc", place: null, directory: false, link: "nowhere" },
  ]);
});

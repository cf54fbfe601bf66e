import assert from "node:assert/strict";
import { sealsOf } from "../../../src/execute/seals.ts";
import { tempPlace } from "../run/temp_place.ts";

/** A place with folders and links: the last path is real, the others turns. */
function sealed(path: (root: string) => string): string[] {
  const root = tempPlace();
  Deno.mkdirSync(`${root}/w/dir`, { recursive: true });
  Deno.mkdirSync(`${root}/out`);
  Deno.symlinkSync("../out", `${root}/w/link`);
  Deno.symlinkSync(`${root}/w/link`, `${root}/chain`);
  Deno.symlinkSync("w/dir/../../out", `${root}/climbing`);
  const seals = sealsOf(path(root), "refuse");
  assert.deepEqual(seals.map(({ reads }) => reads), [
    ...seals.slice(1).map(() => "allow"),
    "refuse",
  ]);
  return seals.map((seal) => seal.path.replace(root, ""));
}

const CASES: [behaviour: string, path: string, expected: string[]][] = [
  ["takes a path without turns as it is", "/out/r", ["/out/r"]],
  ["takes what is missing as written", "/new/./a//r", ["/new/a/r"]],
  ["notes a link", "/w/link/r", ["/w/link", "/w", "/out/r"]],
  ["notes each link of a chain", "/chain/r", [
    "/chain",
    "/w/link",
    "/w",
    "/out/r",
  ]],
  ["notes directories that are left", "/w/dir/../../out/r", [
    "/w/dir",
    "/w",
    "/out/r",
  ]],
  ["notes directories that a link leaves", "/climbing/r", [
    "/climbing",
    "/w/dir",
    "/w",
    "/out/r",
  ]],
  ["notes missing directories that are left", "/w/none/../../out/r", [
    "/w/none",
    "/w",
    "/out/r",
  ]],
];
for (const [behaviour, path, expected] of CASES) {
  Deno.test(`sealsOf() ${behaviour}`, () => {
    assert.deepEqual(sealed((root) => `${root}${path}`), expected);
  });
}

Deno.test("sealsOf() sees a relative path from the working directory", () => {
  assert.deepEqual(sealsOf("no-such/r", "mask"), [
    { path: `${Deno.cwd()}/no-such/r`, reads: "mask" },
  ]);
});

Deno.test("sealsOf() never climbs above the root", () => {
  assert.deepEqual(sealsOf("/../../no-such", "mask"), [
    { path: "/no-such", reads: "mask" },
  ]);
});

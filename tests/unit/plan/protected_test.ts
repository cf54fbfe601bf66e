import assert from "node:assert/strict";
import type { ProtectedFact } from "../../../src/plan/host_facts.ts";
import { protectedChanges } from "../../../src/plan/protected.ts";
import {
  isProtected,
  protectedNames,
  restsBelow,
} from "../../../src/plan/protected_names.ts";
import { opText, sampleFacts, samplePlan, scope, there } from "./samples.ts";

const PATHS = [".git/hooks", ".npmrc", "a/b/c"];

const BELOW: [root: string, rests: string[]][] = [
  ["/w", []],
  ["/w/.git", ["hooks"]],
  ["/w/x.git", []],
  ["/a/b", ["c"]],
  ["/x/b", []],
  ["/w/a", ["b/c"]],
  ["/w/a/b", ["c"]],
];

for (const [root, rests] of BELOW) {
  Deno.test(`restsBelow() says what is left of each way below ${root}`, () => {
    assert.deepEqual(
      restsBelow(root, protectedNames(PATHS)).map((names) => names.join("/")),
      rests,
    );
  });
}

const ASKED: [real: string, asked: boolean][] = [
  ["/w/.git/hooks", true],
  ["/w/.git/hooks/pre-commit", true],
  ["/w/.git", false],
  ["/w/.git/hooks2", false],
  ["/w/x.git/hooks", false],
  ["/w/.npmrc", true],
];

for (const [real, asked] of ASKED) {
  Deno.test(`isProtected() takes ${real} for ${asked ? "asked" : "any scope"}`, () => {
    assert.equal(isProtected(real, protectedNames(PATHS)), asked);
  });
}

/** A protected path that is where it says. */
const fact = (
  path: string,
  changes: Partial<ProtectedFact> = {},
): ProtectedFact => ({
  path,
  place: path,
  directory: true,
  link: null,
  ...changes,
});

/** What is added to the tree for a command that may write /w/repo. */
function added(protectedPaths: ProtectedFact[], ...scopes: string[]) {
  const plan = samplePlan({
    facts: sampleFacts({
      executables: [],
      writes: ["/w/repo", ...scopes].map((path) => scope(there(path))),
      protectedPaths,
    }),
  });
  const ops = plan.tree.slice(plan.tree.findIndex((op) => op.op === "hold"));
  return {
    asked: plan.askedFor,
    ops: ops[0]?.op === "hold"
      ? ops.map((op) =>
        op.op === "hold" && op.readOnly ? `kept ${op.path}` : opText(op)
      )
      : [],
  };
}

Deno.test("buildPlan() keeps protected paths and holds every directory above", () => {
  const { ops, asked } = added([
    fact("/w/repo/.config/a/git"),
    fact("/w/repo/.npmrc", { directory: false }),
    fact("/w/repo/.git/hooks"),
  ]);
  assert.deepEqual(
    ops,
    [
      "hold /w/repo/.config",
      "kept /w/repo/.npmrc",
      "hold /w/repo/.git",
      "hold /w/repo/.config/a",
      "kept /w/repo/.git/hooks",
      "kept /w/repo/.config/a/git",
    ],
  );
  assert.deepEqual(asked, []);
});

Deno.test("buildPlan() holds the way from the scope that is mounted, not from the inner one", () => {
  const { ops } = added([fact("/w/repo/sub/.git/hooks")], "/w/repo/sub");
  assert.deepEqual(ops, [
    "hold /w/repo/sub",
    "hold /w/repo/sub/.git",
    "kept /w/repo/sub/.git/hooks",
  ]);
});

Deno.test("buildPlan() leaves what a contract asks for by name", () => {
  const exactly = added([fact("/w/repo/.git/hooks")], "/w/repo/.git/hooks");
  assert.deepEqual(exactly, { ops: [], asked: ["/w/repo/.git/hooks"] });
  const below = added([fact("/w/repo/.git/hooks")], "/w/repo/.git/hooks/mine");
  assert.deepEqual(below, {
    asked: ["/w/repo/.git/hooks/mine"],
    ops: [
      "hold /w/repo/.git",
      "kept /w/repo/.git/hooks",
      "rw /w/repo/.git/hooks/mine",
    ],
  });
});

Deno.test("buildPlan() keeps what a link leads to, where it can be written", () => {
  const path = "/w/repo/.git/hooks";
  const link = "store";
  assert.deepEqual(
    added([fact(path, { place: "/w/repo/store/hooks", link })]).ops,
    ["hold /w/repo/store", "kept /w/repo/store/hooks"],
  );
  assert.deepEqual(added([fact(path, { place: "/else/hooks", link })]).ops, []);
  assert.deepEqual(added([fact(path, { place: null, link })]).ops, []);
});

const CHANGES: [
  behaviour: string,
  before: ProtectedFact[],
  after: ProtectedFact[],
  changes: string[],
][] = [
  ["what came to be", [], [fact("/w/.npmrc")], ["/w/.npmrc created"]],
  ["nothing of what stayed", [fact("/w/a")], [fact("/w/a")], []],
  [
    "a link that leads elsewhere",
    [fact("/w/a", { link: "x", place: null })],
    [fact("/w/a", { link: "y", place: null })],
    ["/w/a replaced"],
  ],
  [
    "a directory in the place of a link",
    [fact("/w/a", { link: "x" })],
    [fact("/w/a")],
    ["/w/a replaced"],
  ],
  [
    "what a link leads to now",
    [fact("/w/a", { link: "x", place: null })],
    [fact("/w/a", { link: "x" })],
    ["/w/a created"],
  ],
  [
    "a link that went",
    [fact("/w/a", { link: "x" })],
    [],
    ["/w/a removed"],
  ],
  ["nothing that was asked for", [], [fact("/w/asked/x")], []],
];

for (const [behaviour, before, after, changes] of CHANGES) {
  Deno.test(`protectedChanges() tells ${behaviour}`, () => {
    assert.deepEqual(
      protectedChanges(before, after, ["/w/asked"])
        .map(({ path, change }) => `${path} ${change}`),
      changes,
    );
  });
}

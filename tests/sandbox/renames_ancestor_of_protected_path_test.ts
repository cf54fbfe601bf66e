import assert from "node:assert/strict";
import { attackTest } from "./harness.ts";
import type { Place } from "./place.ts";

/** Puts another directory in the place of each above a protected path. */
const EXCHANGE = `
try() { sh -c "$1" 2>/dev/null && echo "$1: possible" || echo "$1: refused"; }
try 'mv .git away && cp -r evil .git'
try 'mv .config/fish away2'
try 'mv .config away3 && cp -r evil .config'
try 'rm -rf .github'
try 'mv evil .github/workflows'
try 'mv -T evil .git'
`;

async function lay(place: Place, root: string): Promise<void> {
  for (
    const dir of [
      ".git",
      ".git/hooks",
      ".config",
      ".config/fish",
      ".github",
      ".github/workflows",
      "evil",
      "evil/hooks",
    ]
  ) await place.mkdir(`${root}/${dir}`);
  await place.file(`${root}/.github/workflows/ci.yml`, "good\n");
  await place.file(`${root}/.git/hooks/pre-commit`, "good\n");
  await place.file(`${root}/evil/hooks/pre-commit`, "evil\n");
}

attackTest(
  "no directory above a protected path is exchanged",
  async (place) => {
    const other = await place.mkdir(`${place.root}/other`);
    await lay(place, other);
    const bare = await place.bare(["sh", "-c", EXCHANGE], { cwd: other });
    assert.ok((bare.stdout.match(/: possible$/mg) ?? []).length >= 4);

    await lay(place, place.write);
    const confined = await place.confined(["sh", "-c", EXCHANGE]);
    assert.deepEqual(confined.stdout.match(/: possible$/mg), null);
    assert.equal(confined.stdout.match(/: refused$/mg)?.length, 6);
    for (const name of [".git/hooks/pre-commit", ".github/workflows/ci.yml"]) {
      assert.equal(Deno.readTextFileSync(`${place.write}/${name}`), "good\n");
    }
  },
);

attackTest(
  "a .git that is a link or a file starts no less, and is watched",
  async (place) => {
    // The repository of a link lies in the same scope, that of a file does not.
    await lay(place, place.write);
    await Deno.rename(`${place.write}/.git`, `${place.write}/store`);
    await Deno.symlink("store", `${place.write}/.git`);
    const tree = await place.mkdir(`${place.write}/tree`);
    await place.file(`${tree}/.git`, `gitdir: ${place.read}\n`);
    const script = `
      try() { sh -c "$1" 2>/dev/null && echo "$1: possible" || echo "$1: refused"; }
      try 'echo evil > .git/hooks/pre-commit'
      try 'mv store away'
      try 'echo "gitdir: evil" > tree/.git'
      try 'mv tree/.git away'
      rm .git && mv evil .git`;
    const confined = await place.confined(["sh", "-c", script], {
      writePaths: [place.write, tree],
    });
    assert.equal(confined.receipt?.status, "success", confined.stderr);
    assert.deepEqual(confined.stdout.match(/: possible$/mg), null);
    assert.equal(confined.stdout.match(/: refused$/mg)?.length, 4);
    assert.match(confined.stderr, /\.git\/hooks" \(replaced\)/);
    const [{ facts }] = confined.evidence?.commands as [
      { facts: { protected_changed: unknown } },
    ];
    assert.deepEqual(facts.protected_changed, [
      { path: `${place.write}/.git/hooks`, change: "replaced" },
      { path: `${place.write}/.git/config`, change: "removed" },
      { path: `${place.write}/.git/config.worktree`, change: "removed" },
      { path: `${place.write}/.git/commondir`, change: "removed" },
    ]);
  },
  { cscOnly: "states what changed" },
);

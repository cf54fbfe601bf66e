import assert from "node:assert/strict";
import { attackTest } from "./harness.ts";
import type { Place } from "./place.ts";

/** Each line starts a program later, for somebody else. */
const PLANT = `
try() { sh -c "$1" 2>/dev/null && echo "$1: possible" || echo "$1: refused"; }
try 'echo evil > .git/hooks/pre-commit'
try 'echo evil >> .git/config'
try 'ln evil .git/hooks/post-merge'
try 'mv evil .git/config'
try 'ln .git/config name && echo evil >> name'
try 'rm -f .git/hooks/pre-commit'
try 'chmod 777 .git/hooks'
try 'echo evil > .github/workflows/ci.yml'
try 'echo evil >> .npmrc'
try 'echo evil > .vscode/tasks.json'
try 'truncate -s 0 .mcp.json'
try 'echo evil >> .bashrc'
`;
const TRIES = 12;

/** A repository in the write scope, with what starts programs. */
async function lay(place: Place, root: string): Promise<void> {
  for (const dir of [".git", ".git/hooks", ".github", ".vscode"]) {
    await place.mkdir(`${root}/${dir}`);
  }
  await place.mkdir(`${root}/.github/workflows`);
  for (
    const [name, mode] of [
      [".git/hooks/pre-commit", 0o755],
      [".git/config", 0o644],
      [".git/HEAD", 0o644],
      [".npmrc", 0o644],
      [".mcp.json", 0o644],
      [".bashrc", 0o644],
      ["evil", 0o755],
    ] as const
  ) await place.file(`${root}/${name}`, "good\n", mode);
}

const outcomes = (output: string, outcome: string) =>
  output.split("\n").filter((line) => line.endsWith(`: ${outcome}`));

attackTest(
  "what starts programs for others is not planted in a write scope",
  async (place) => {
    const other = await place.mkdir(`${place.root}/other`);
    await lay(place, other);
    const bare = await place.bare(["sh", "-c", PLANT], { cwd: other });
    assert.equal(outcomes(bare.stdout, "possible").length, TRIES, bare.stdout);

    await lay(place, place.write);
    const script = `${PLANT}echo changed > .git/HEAD && echo new > file`;
    const confined = await place.confined(["sh", "-c", script]);
    assert.deepEqual(outcomes(confined.stdout, "possible"), []);
    assert.equal(outcomes(confined.stdout, "refused").length, TRIES);
    for (const name of [".git/config", ".git/hooks/pre-commit", ".bashrc"]) {
      assert.equal(Deno.readTextFileSync(`${place.write}/${name}`), "good\n");
    }
    // All else of the repository is the command's to change.
    assert.equal(
      Deno.readTextFileSync(`${place.write}/.git/HEAD`),
      "changed\n",
    );
    assert.equal(confined.receipt?.status, "success", confined.stderr);
    assert.doesNotMatch(confined.stderr, /protected paths/);
  },
);

attackTest(
  "what a contract asks for by name stays writable, and the evidence says so",
  async (place) => {
    await lay(place, place.write);
    const hooks = `${place.write}/.git/hooks`;
    const confined = await place.confined(["sh", "-c", PLANT], {
      writePaths: [place.write, hooks],
    });
    const possible = outcomes(confined.stdout, "possible");
    assert.ok(
      possible.includes("echo evil > .git/hooks/pre-commit: possible"),
      confined.stdout,
    );
    assert.ok(!possible.includes("echo evil >> .git/config: possible"));
    const [{ plan }] = confined.evidence?.commands as [
      { plan: { protected_paths_asked_for: string[] } },
    ];
    assert.deepEqual(plan.protected_paths_asked_for, [hooks]);
  },
  { cscOnly: "asks for a path by name" },
);

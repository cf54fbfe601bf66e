import assert from "node:assert/strict";
import { attackTest } from "./harness.ts";

/** Nothing of this existed, so there was nothing to hold. */
const CREATE = `
mkdir -p .git/hooks .github/workflows vendor/x/.git/hooks
echo evil > .git/hooks/pre-commit
echo evil > .mcp.json
ln -s .mcp.json .npmrc
echo harmless > file`;

attackTest(
  "a protected path that comes to be during a run is told",
  async (place) => {
    const other = await place.mkdir(`${place.root}/other`);
    const bare = await place.bare(["sh", "-ec", CREATE], { cwd: other });
    assert.equal(bare.code, 0, bare.stderr);

    const confined = await place.confined(["sh", "-ec", CREATE]);
    assert.equal(confined.receipt?.status, "success", confined.stderr);
    const [{ facts, notes }] = confined.evidence?.commands as [
      {
        facts: { protected_changed: { path: string; change: string }[] };
        notes: string[];
      },
    ];
    assert.deepEqual(
      facts.protected_changed.map(({ path, change }) =>
        `${path.replace(`${place.write}/`, "")} ${change}`
      ).sort(),
      [
        ".git/hooks created",
        ".github/workflows created",
        ".mcp.json created",
        ".npmrc created",
      ],
    );
    assert.match(confined.stderr, /protected paths changed during the run/);
    assert.equal(notes.length, 1);

    // The next run finds them there, and keeps them.
    const again = await place.confined([
      "sh",
      "-c",
      "echo more >> .git/hooks/pre-commit",
    ]);
    assert.match(again.stderr, /Read-only file system/);
    assert.equal(
      Deno.readTextFileSync(`${place.write}/.git/hooks/pre-commit`),
      "evil\n",
    );
  },
  { cscOnly: "states what changed" },
);

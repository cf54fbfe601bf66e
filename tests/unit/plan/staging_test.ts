/** Which write scopes a run stages, and which it refuses to. */
import assert from "node:assert/strict";
import type { PinOp } from "../../../src/plan/plan.ts";
import { stagedScopes, stagePlan } from "../../../src/plan/staging.ts";
import { sampleFacts, samplePlan, scope, there } from "./samples.ts";

const OWNER = { uid: 1000, gid: 7 };

function command(
  id: string,
  writes: readonly string[],
  reads: readonly string[] = [],
) {
  return {
    id,
    facts: sampleFacts({
      reads: reads.map((path) => scope(there(path, { owner: OWNER }))),
      writes: writes.map((path) => scope(there(path, { owner: OWNER }))),
    }),
  };
}

Deno.test("stagedScopes() takes each scope once, for all commands", () => {
  const scopes = stagedScopes([
    command("a", ["/s/one", "/s/two"]),
    command("b", ["/s/one"]),
  ]);
  assert.deepEqual(scopes.map(({ real }) => real), ["/s/one", "/s/two"]);
  assert.deepEqual(scopes[0]?.owner, OWNER);
});

for (
  const [what, commands] of [
    ["one in another", [command("a", ["/s/one", "/s/one/in"])]],
    ["the outer one last", [command("a", ["/s/one/in", "/s/one"])]],
    ["of another command", [command("a", ["/s/one"]), command("b", ["/s"])]],
  ] as const
) {
  Deno.test(`stagedScopes() refuses write scopes that overlap: ${what}`, () => {
    assert.throws(() => stagedScopes(commands), /"NOT_ENFORCEABLE"|overlaps/);
  });
}

Deno.test("stagedScopes() refuses a command that would see the host's files", () => {
  const first = command("a", ["/s/one"]);
  assert.throws(
    () => stagedScopes([first, command("b", [], ["/s/one/in"])]),
    /would see/,
  );
  assert.throws(
    () => stagedScopes([first, command("b", [], ["/s"])]),
    /would see/,
  );
  stagedScopes([first, command("b", ["/s/one"], ["/s"])]);
  stagedScopes([command("b", [], ["/s/one"]), first]);
});

Deno.test("stagePlan() exchanges write scopes alone, and refuses what it does not know", () => {
  const plan = samplePlan({
    facts: sampleFacts({
      reads: [scope(there("/w"))],
      writes: [scope(there("/w/repo", { owner: OWNER }))],
    }),
  });
  const place = {
    real: "/w/repo",
    directory: true,
    owner: OWNER,
    layers: "/state/0",
  };
  const how = { places: [place], work: 1, ownerOf: () => OWNER };
  const staged = stagePlan(plan, how);
  assert.equal(staged.tree.length, plan.tree.length);
  assert.ok(
    !staged.tree.some((op) => op.op === "bind" && !op.readOnly),
    "nothing of the host is writable",
  );
  const [bind, overlay] = [plan, staged].map(({ tree }) =>
    tree.find((op) => op.op !== "hold" && op.path === "/w/repo")
  );
  assert.ok(bind?.op === "bind" && overlay?.op === "overlay");
  assert.ok(bind.noExec, "this is what can get lost");
  assert.equal(overlay.noExec, bind.noExec);
  assert.throws(
    () => stagePlan(plan, { ...how, places: [] }),
    /is not what it was/,
  );
});

Deno.test("stagePlan() pins the host's file on top of an overlay", () => {
  const owner = OWNER;
  const pin = (path: string): PinOp => ({
    op: "pin",
    path,
    device: 1n,
    inode: 2n,
    segments: [0],
    byDescriptor: true,
    lifted: true,
    interpreter: false,
  });
  const allow = (path: string) => ({ path, device: 1n, inode: 2n });
  const base = samplePlan({
    facts: sampleFacts({
      writes: [scope(there("/w/repo", { owner }))],
    }),
  });
  const plan = {
    ...base,
    tree: [...base.tree, pin("/usr/bin/tool"), pin("/w/repo/tool")],
    allowed: ["/usr/bin/tool", "/w/repo/tool", "/w/repo/other"].map(allow),
  };
  const asked: string[] = [];
  const staged = stagePlan(plan, {
    places: [{ real: "/w/repo", directory: true, owner, layers: "/state/0" }],
    work: 0,
    ownerOf: (path) => {
      asked.push(path);
      return owner;
    },
  });
  assert.deepEqual(asked, ["/w/repo/tool"]);
  const at = staged.tree.findIndex((op) =>
    op.op === "bind" && op.path === "/w/repo/tool"
  );
  const bind = staged.tree[at];
  assert.ok(bind?.op === "bind" && bind.readOnly && bind.noExec);
  assert.deepEqual(staged.tree[at + 1], pin("/w/repo/tool"));
  assert.deepEqual(
    staged.allowed?.map(({ path }) => path),
    ["/usr/bin/tool", "/w/repo/tool"],
  );
});

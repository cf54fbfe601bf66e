/** What the bundler refuses, and what its texts look like. */
import assert from "node:assert/strict";
import { bundle } from "../../scripts/build/bundle.ts";

const FIXTURE = "tests/build/fixture";

Deno.test("bundle() makes a chunk of each dynamic import, also inside chunks", async () => {
  const { eager, chunks } = await bundle(`${FIXTURE}/probe.ts`);
  assert.match(eager, /^"use strict";/);
  assert.match(eager, /__csc\.chunk\("tests\/build\/fixture\/lazy"\)/);
  assert.match(eager, /__csc\.builtin\("node:sqlite"\)/);
  const names = [...chunks.keys()];
  assert.equal(names.length, 2);
  assert.match(names[0]!, /^js-yaml\//);
  assert.equal(names[1], `${FIXTURE}/lazy`);
  assert.doesNotMatch(eager, /js-yaml/);
});

Deno.test("bundle() is pure ASCII and names no path of this machine", async () => {
  const { eager, chunks } = await bundle(`${FIXTURE}/probe.ts`);
  const root = new URL("../../", import.meta.url).pathname;
  for (const text of [eager, ...chunks.values(), ...chunks.keys()]) {
    // deno-lint-ignore no-control-regex -- that is the question
    assert.match(text, /^[\x00-\x7f]*$/);
    assert.ok(!text.includes(root));
  }
});

Deno.test("bundle() refuses a static import of a built-in module", async () => {
  await assert.rejects(
    bundle(`${FIXTURE}/static_node.ts`),
    /static import of "node:sqlite"/,
  );
});

Deno.test("bundle() refuses an import whose specifier is computed", async () => {
  await assert.rejects(
    bundle(`${FIXTURE}/computed_import.ts`),
    /specifiers must be string literals/,
  );
});

/** What the bundler refuses, and what its texts look like. */
import assert from "node:assert/strict";
import { APART, stubs } from "../../scripts/build/apart.ts";
import { bundle } from "../../scripts/build/bundle.ts";
import { CACHED } from "../../scripts/build/code_cache.ts";
import { PROBE_APART } from "./packed.ts";

const FIXTURE = "tests/build/fixture";

Deno.test("bundle() makes a chunk of each dynamic import, also inside chunks", async () => {
  const { eager, chunks } = await bundle(`${FIXTURE}/probe.ts`);
  assert.match(eager, /^\(\(\)=>\{"use strict";/);
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

Deno.test("bundle() leaves a module apart out of whoever imports it", async () => {
  const whole = await bundle(`${FIXTURE}/probe.ts`);
  assert.match(whole.eager, /RangeError\("apart"\)/);
  const { eager, chunks } = await bundle(`${FIXTURE}/probe.ts`, PROBE_APART);
  assert.doesNotMatch(eager, /RangeError\("apart"\)/);
  assert.match(eager, /__csc\.now\("tests\/build\/fixture\/apart"\)\.tell\(/);
  assert.match(
    chunks.get(`${FIXTURE}/apart`) ?? "",
    /RangeError\("apart"\)/,
  );
});

Deno.test("bundle() refuses a module apart that exports more than functions", async () => {
  await assert.rejects(
    bundle(`${FIXTURE}/apart_value.ts`, [`${FIXTURE}/apart_limit.ts`]),
    /it exports more than functions and types: "export const LIMIT = 3;"/,
  );
  for (
    const line of [
      "export class A {}",
      "export default 1;",
      "export * from './x.ts';",
      "export { a };",
      "export let a;",
    ]
  ) assert.throws(() => stubs("x", line), /more than functions/);
});

Deno.test("every module apart is there, and csc itself has a chunk of it", async () => {
  const { chunks } = await bundle();
  for (const path of APART) {
    assert.ok(chunks.has(path.replace(/\.ts$/, "")), path);
  }
});

Deno.test("every text whose code is to be carried is there", async () => {
  const { chunks } = await bundle();
  const texts = ["loader", "csc", ...chunks.keys()];
  assert.deepEqual(CACHED.filter((name) => !texts.includes(name)), []);
});

Deno.test("one text of csc alone hears signals: a second would hear none that came earlier", async () => {
  const { eager, chunks } = await bundle();
  const listening = [["csc", eager] as const, ...chunks]
    .filter(([, text]) => text.includes("addSignalListener"))
    .map(([name]) => name);
  assert.deepEqual(listening, ["src/compose_run"]);
});

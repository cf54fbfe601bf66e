/** What the launcher has for a C library: how it starts a program, how small it is. */
import assert from "node:assert/strict";
import {
  ARTEFACTS,
  compiler,
  runtimeSources,
  sources,
} from "../../scripts/build/native.ts";
import { DIST, ROOT } from "../../scripts/build/paths.ts";

let folder = "";
let program = "";

Deno.test.beforeAll(async () => {
  folder = await Deno.makeTempDir({ prefix: "csc-freestanding-" });
  program = `${folder}/program`;
  const { success, stderr } = await new Deno.Command(compiler(), {
    args: [
      "-std=gnu11",
      ...ARTEFACTS.launcher.flags,
      "-o",
      program,
      "tests/build/fixture/freestanding.c",
      ...await runtimeSources("launcher"),
    ],
    cwd: ROOT,
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
});

Deno.test.afterAll(async () => {
  await Deno.remove(folder, { recursive: true });
});

/** Runs the program with this letter as its input. */
async function ask(letter: string) {
  const child = new Deno.Command(program, {
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(letter));
  await writer.close();
  const { code, signal, stdout } = await child.output();
  return { code, signal, stdout: new TextDecoder().decode(stdout) };
}

Deno.test("freestanding: a program relocates itself", async () => {
  assert.deepEqual(await ask("r"), { code: 0, signal: null, stdout: "" });
});

Deno.test("freestanding: the canary is another in each process, and ends in a zero byte", async () => {
  const guards = await Promise.all([ask("g"), ask("g"), ask("g")]);
  for (const { code, stdout } of guards) {
    assert.equal(code, 0);
    assert.match(stdout, /^[0-9a-f]{4,14}00$/);
  }
  assert.equal(new Set(guards.map(({ stdout }) => stdout)).size, 3);
});

Deno.test("freestanding: a smashed stack ends the program", async () => {
  assert.equal((await ask("s")).signal, "SIGILL");
});

Deno.test("freestanding: what was relocated cannot be written any more", async () => {
  assert.equal((await ask("w")).signal, "SIGSEGV");
});

Deno.test("freestanding: vfork() returns twice", async () => {
  assert.deepEqual(await ask("v"), { code: 0, signal: null, stdout: "" });
});

Deno.test("freestanding: the launcher stays small", async () => {
  const { size } = await Deno.stat(`${DIST}native/launcher`);
  // Each sandbox maps it anew. A C library alone would be ten times as much.
  assert.ok(size < 56 * 1024, `${size} bytes`);
});

/** A conversion that native/freestanding/format.c does not know. */
const UNKNOWN = /%(?!s|%|(?:l{0,2}|z)[duox])/;

Deno.test("freestanding: the launcher's formats are those that can be formatted", async () => {
  let formats = 0;
  for (const path of await sources("launcher")) {
    if (!path.endsWith(".c")) continue;
    const text = await Deno.readTextFile(ROOT + path);
    for (const [literal] of text.matchAll(/"(?:[^"\\\n]|\\.)*"/g)) {
      if (!literal.includes("%")) continue;
      formats++;
      assert.doesNotMatch(literal, UNKNOWN, `${path}: ${literal}`);
    }
  }
  assert.ok(formats > 20, `${formats} formats`);
});

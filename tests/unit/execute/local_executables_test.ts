import assert from "node:assert/strict";
import { sha256Hex } from "../../../src/core/digest.ts";
import { noteExecutables } from "../../../src/execute/local_executables.ts";
import { command } from "../run/fakes.ts";
import { tempPlace } from "../run/temp_place.ts";

const SOURCES = { memory: null, now: () => Date.now() };

/** What is noted of a command that runs `program` in `cwd`. */
async function noted(program: string, cwd: string, path: string) {
  const one = command("one", { exec: { argv: [program] } });
  return await noteExecutables(one, cwd, { PATH: path }, SOURCES);
}

/** A directory with an executable `tool` in it. */
function placeOf(text: string): string {
  const place = tempPlace();
  Deno.writeTextFileSync(`${place}/tool`, text, { mode: 0o755 });
  return place;
}

Deno.test("noteExecutables() finds the first program of that name on PATH", async () => {
  const [first, second] = [placeOf("#!/bin/sh\n"), placeOf("other")];
  const [fact] = await (await noted("tool", "/", `/none:${first}:${second}`))
    .digested();
  assert.equal(fact?.["path"], `${first}/tool`);
  const sha256 = await sha256Hex(Deno.readFileSync(`${first}/tool`));
  assert.equal(fact?.["sha256"], sha256);
});

Deno.test("noteExecutables() takes what is no path of PATH for the cwd, as execvp does", async () => {
  const cwd = placeOf("#!/bin/sh\n");
  const [fact] = await (await noted("tool", cwd, "")).digested();
  assert.equal(fact?.["path"], `${cwd}/tool`);
});

Deno.test("noteExecutables() says why there is no program", async () => {
  const [fact] = await (await noted("no-such-tool", "/", "/none")).digested();
  assert.deepEqual(fact, {
    path: "no-such-tool",
    sha256: null,
    reason: "command not found in /none",
  });
});

Deno.test("noteExecutables() has no digest of a file that changed since", async () => {
  const place = placeOf("#!/bin/sh\n");
  const one = command("one", { exec: { argv: [`${place}/tool`] } });
  let changed = false;
  const { digested } = await noteExecutables(one, "/", {}, {
    memory: {
      // Asked between the note and the digest.
      find: () => null,
      remember: () => {},
    },
    now: () => {
      if (!changed) Deno.writeTextFileSync(`${place}/tool`, "something else");
      changed = true;
      return Date.now();
    },
  });
  const [fact] = await digested();
  assert.equal(changed, true);
  assert.equal(fact?.["sha256"], null);
  assert.equal(fact?.["reason"], "it changed during the run");
});

/** The manual page, as the programs that read manual pages see it. */
import assert from "node:assert/strict";
import { VERBS } from "../../src/cli/verbs.ts";

const CSC = new URL("../../dist/csc", import.meta.url).pathname;

function run(program: string, args: string[]): Deno.CommandOutput | null {
  try {
    return new Deno.Command(program, {
      args,
      env: { LC_ALL: "C.UTF-8", MANWIDTH: "80", MANROFFOPT: "-ww" },
      stdin: "null",
    }).outputSync();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** The page in a file of its own; removed by the caller. */
function page(): string {
  const path = Deno.makeTempFileSync({ suffix: ".1" });
  const made = run(CSC, ["help", "--man"]);
  assert.equal(made?.code, 0);
  Deno.writeFileSync(path, made.stdout);
  return path;
}

function skipped(program: string): void {
  const reason = `there is no ${program}`;
  assert.notEqual(Deno.env.get("CI"), "true", reason);
  console.error(`SKIPPED a test of the manual page: ${reason}`);
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("man shows every verb and every flag, and warns of nothing", () => {
  const path = page();
  const shown = run("man", ["--warnings=w", "-P", "cat", "-l", path]);
  Deno.removeSync(path);
  if (shown === null) return skipped("man");
  assert.equal(text(shown.stderr), "");
  // deno-lint-ignore no-control-regex -- overstriking, which man uses for bold
  const plain = text(shown.stdout).replaceAll(/.\x08/g, "");
  for (const { name, switches, options, lists = [] } of VERBS) {
    assert.ok(plain.includes(`csc ${name}`), name);
    for (const flag of [...switches, ...options, ...lists]) {
      assert.ok(plain.includes(flag), `${name} ${flag}`);
    }
  }
  assert.match(plain, /EXIT CODES/);
  assert.match(plain, /policy_schema_version: csc\.policy\.v0\.1/);
});

Deno.test("mandoc finds no fault in the manual page", () => {
  const path = page();
  const lint = run("mandoc", ["-T", "lint", "-W", "warning", path]);
  Deno.removeSync(path);
  if (lint === null) return skipped("mandoc");
  const found = text(lint.stdout).split("\n")
    // A page of a program that is built reproducibly has no date of its own.
    .filter((line) => line !== "" && !/missing date/.test(line));
  assert.deepEqual(found, []);
});

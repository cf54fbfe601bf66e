import assert from "node:assert/strict";
import {
  checkDangerousGlobals,
  HOMES,
} from "../../../scripts/check/dangerous_globals.ts";

function refused(path: string, text: string): boolean {
  return checkDangerousGlobals([{ path, text }]).length > 0;
}

for (const { name } of HOMES) {
  Deno.test(`checkDangerousGlobals() refuses ${name} away from home`, () => {
    assert.ok(refused("src/core/a.ts", `const x = ${name}(1);`));
  });
}

Deno.test("checkDangerousGlobals() has a home for everything dangerous", () => {
  const names = HOMES.map(({ name }) => name);
  for (
    const name of [
      "Deno.dlopen",
      "Deno.Command",
      "Deno.listen",
      "Deno.connect",
      "Deno.serve",
      "Deno.exit",
      "Date.now",
      "performance.now",
      "Math.random",
      "crypto.getRandomValues",
      "crypto.randomUUID",
      "console",
      "fetch",
      "WebSocket",
      "eval",
      "Function",
      "globalThis",
    ]
  ) assert.ok(names.includes(name), name);
});

const HOMED: [text: string, home: string][] = [
  ["Deno.dlopen(x, y)", "src/execute/native.ts"],
  ["new Deno.Command(x)", "src/execute/local.ts"],
  ["new Deno.Command(x)", "src/execute/local_processes.ts"],
  ["Date.now()", "src/compose.ts"],
  ["new Date()", "src/compose.ts"],
  ["performance.now()", "src/compose.ts"],
  ["Math.random()", "src/compose.ts"],
  ["crypto.getRandomValues(x)", "src/compose.ts"],
  ["crypto.randomUUID()", "src/compose.ts"],
  ["Deno.exit(1)", "src/main.ts"],
  ["Deno.stdout.write(x)", "src/cli/terminal.ts"],
  ["console.log(x)", "src/cli/terminal.ts"],
];

for (const [text, home] of HOMED) {
  Deno.test(`checkDangerousGlobals() lets ${home} use ${text}`, () => {
    assert.ok(!refused(home, text));
  });
}

const CASES: [behaviour: string, text: string, refused: boolean][] = [
  ["refuses the clock without arguments", "const t = new Date();", true],
  ["refuses the clock without parentheses", "const t = new Date;", true],
  ["refuses the clock as text", "const t = Date();", true],
  ["allows a date of a number", "const t = new Date(0);", false],
  ["allows parsing a date", "Date.parse(x)", false],
  ["allows the type", "let t: Date;", false],
  ["refuses optional access", "Deno?.exit(1)", true],
  ["refuses access by name", 'Deno["exit"](1)', true],
  ["refuses taking a member out", "const { exit } = Deno;", true],
  ["refuses an alias", "const d = Deno; d.exit(1);", true],
  ["refuses an alias of crypto", "const c = crypto;", true],
  ["refuses white space and comments between", "Deno /* x */\n .exit(1)", true],
  ["refuses code in a template", "`${Deno.exit(1)}`", true],
  ["refuses making functions of text", 'new Function("x")', true],
  ["refuses the global object", "globalThis.fetch(x)", true],
  ["refuses passing fetch on", "use(fetch);", true],
  ["ignores comments", "// Deno.exit(1)\n/* fetch(x) */", false],
  ["ignores strings", "f('Deno.exit(1)', `fetch(x)`)", false],
  ["ignores members of others", "store.fetch(x); child.kill(y);", false],
  ["ignores keys", "f({ fetch: 1, eval: 2 })", false],
  ["sees a value behind a key", "f({ a: fetch })", true],
  ["sees a choice of values", "const a = b ? fetch : c;", true],
  ["allows hashing", "crypto.subtle.digest(x, y)", false],
  ["allows reading files", "Deno.readFileSync(x)", false],
  ["tells names apart", "let s: Deno.CommandStatus;", false],
];

for (const [behaviour, text, expected] of CASES) {
  Deno.test(`checkDangerousGlobals() ${behaviour}: ${text}`, () => {
    assert.equal(refused("src/core/a.ts", text), expected);
  });
}

Deno.test("checkDangerousGlobals() says where a thing belongs", () => {
  assert.deepEqual(
    checkDangerousGlobals([{ path: "src/run/a.ts", text: "\nDate.now()" }]),
    [{
      path: "src/run/a.ts",
      line: 2,
      message: '"Date.now" is used here; its home is src/compose.ts',
    }],
  );
});

Deno.test("checkDangerousGlobals() looks at src/ only", () => {
  assert.ok(!refused("scripts/a.ts", "Deno.exit(1)"));
});

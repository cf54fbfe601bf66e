import assert from "node:assert/strict";
import { checkImportCycles } from "../../../scripts/check/import_cycles.ts";
import { checkImportDirection } from "../../../scripts/check/import_direction.ts";
import { checkImportSources } from "../../../scripts/check/import_sources.ts";

type Case = [behaviour: string, path: string, text: string, refused: boolean];

const DIRECTION: Case[] = [
  ["allows the own folder", "src/plan/a.ts", 'import "./b.ts"', false],
  ["allows the left", "src/plan/a.ts", 'import "../core/b.ts"', false],
  [
    "refuses the right",
    "src/core/a.ts",
    'import { b } from "../plan/b.ts"',
    true,
  ],
  [
    "refuses a type from the right",
    "src/core/a.ts",
    'import type { B } from "../plan/b.ts"',
    true,
  ],
  [
    "refuses a type in passing",
    "src/core/a.ts",
    'type B = import("../plan/b.ts").B',
    true,
  ],
  [
    "refuses a dynamic import",
    "src/core/a.ts",
    'await import("../plan/b.ts")',
    true,
  ],
  [
    "refuses a re-export",
    "src/core/a.ts",
    'export * from "../plan/b.ts"',
    true,
  ],
  [
    "sees config between log and run",
    "src/config/a.ts",
    'import "../log/b.ts"',
    false,
  ],
  [
    "refuses config what is to its right",
    "src/config/a.ts",
    'import "../run/b.ts"',
    true,
  ],
  [
    "refuses log what is in config",
    "src/log/a.ts",
    'import "../config/b.ts"',
    true,
  ],
  ["refuses siblings", "src/mcp/a.ts", 'import "../cli/b.ts"', true],
  ["lets compose use the cli", "src/compose.ts", 'import "./cli/b.ts"', false],
  ["refuses the cli compose", "src/cli/a.ts", 'import "../compose.ts"', true],
  [
    "refuses a way out of src",
    "src/cli/a.ts",
    'import "../../scripts/b.ts"',
    true,
  ],
  ["refuses a folder without a place", "src/utils/a.ts", "", true],
  [
    "refuses importing a folder without a place",
    "src/cli/a.ts",
    'import "../utils/b.ts"',
    true,
  ],
  [
    "lets execute read the packed parts",
    "src/execute/a.ts",
    'import "../embedded.ts"',
    false,
  ],
  [
    "refuses run the packed parts",
    "src/run/a.ts",
    'import "../embedded.ts"',
    true,
  ],
  [
    "refuses core the build's facts",
    "src/core/a.ts",
    'import "../build_info.ts"',
    true,
  ],
  [
    "lets the build's facts read the packed parts",
    "src/build_info.ts",
    'import "./embedded.ts"',
    false,
  ],
  [
    "refuses the packed parts csc's own",
    "src/embedded.ts",
    'import "./core/a.ts"',
    true,
  ],
  [
    "ignores comments and strings",
    "src/core/a.ts",
    '// import "../plan/b.ts"\nf(\'import "../plan/b.ts"\')',
    false,
  ],
  [
    "leaves other folders alone",
    "tests/core/a.ts",
    'import "../../src/plan/b.ts"',
    false,
  ],
];

for (const [behaviour, path, text, refused] of DIRECTION) {
  Deno.test(`checkImportDirection() ${behaviour}`, () => {
    assert.equal(
      checkImportDirection([{ path, text }]).length,
      refused ? 1 : 0,
    );
  });
}

const SOURCES: Case[] = [
  ["allows files", "src/core/a.ts", 'import "./b.ts"', false],
  ["allows the import map", "src/core/a.ts", 'import "js-yaml"', false],
  ["allows node:sqlite", "src/core/a.ts", 'import "node:sqlite"', false],
  ["refuses other modules of Node", "src/core/a.ts", 'import "node:fs"', true],
  ["refuses them bare", "src/core/a.ts", 'import "fs"', true],
  ["refuses npm:", "src/core/a.ts", 'import "npm:js-yaml"', true],
  ["refuses jsr:", "src/core/a.ts", 'await import("jsr:@std/fs")', true],
  [
    "refuses the web",
    "src/core/a.ts",
    'export * from "https://example.org/a.ts"',
    true,
  ],
  [
    "refuses a subpath that the map does not name",
    "src/core/a.ts",
    'import "js-yaml/x"',
    true,
  ],
  ["refuses absolute paths", "src/core/a.ts", 'import "/a.ts"', true],
  ["refuses a computed import", "src/core/a.ts", "await import(name)", true],
  [
    "refuses a computed template",
    "src/core/a.ts",
    "await import(`./${name}`)",
    true,
  ],
  ["leaves tests alone", "tests/a.ts", 'import "node:fs"', false],
];

for (const [behaviour, path, text, refused] of SOURCES) {
  Deno.test(`checkImportSources() ${behaviour}`, () => {
    const findings = checkImportSources([{ path, text }], ["js-yaml"]);
    assert.equal(findings.length, refused ? 1 : 0);
  });
}

function cyclesOf(imports: Record<string, string>): string[] {
  const files = Object.entries(imports).map(([path, text]) => ({ path, text }));
  return checkImportCycles(files).map(({ message }) => message);
}

Deno.test("checkImportCycles() names one cycle once, from its first file", () => {
  assert.deepEqual(
    cyclesOf({
      "src/c.ts": 'import "./a.ts"',
      "src/a.ts": 'import "./b.ts"',
      "src/b.ts": 'import "./c.ts"; import "./d.ts"',
      "src/d.ts": "",
    }),
    ["import cycle: src/a.ts -> src/b.ts -> src/c.ts -> src/a.ts"],
  );
});

Deno.test("checkImportCycles() finds a module that imports itself", () => {
  assert.equal(cyclesOf({ "src/a.ts": 'import "./a.ts"' }).length, 1);
});

Deno.test("checkImportCycles() finds a cycle behind a module seen before", () => {
  assert.equal(
    cyclesOf({
      "src/a.ts": 'import "./d.ts"; import "./b.ts"',
      "src/b.ts": 'import "./d.ts"; import "./c.ts"',
      "src/c.ts": 'import "./b.ts"',
      "src/d.ts": "",
    }).length,
    1,
  );
});

Deno.test("checkImportCycles() accepts a diamond", () => {
  assert.deepEqual(
    cyclesOf({
      "src/a.ts": 'import "./b.ts"; import "./c.ts"',
      "src/b.ts": 'import "./d.ts"',
      "src/c.ts": 'import "./d.ts"',
      "src/d.ts": "",
    }),
    [],
  );
});

Deno.test("checkImportCycles() lets two files describe each other", () => {
  assert.deepEqual(
    cyclesOf({
      "src/a.ts": 'import { b } from "./b.ts"',
      "src/b.ts": 'import type { A } from "./a.ts"',
    }),
    [],
  );
});

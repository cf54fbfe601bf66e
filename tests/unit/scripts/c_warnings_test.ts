import assert from "node:assert/strict";
import { ROOT } from "../../../scripts/build/paths.ts";
import {
  checkCAnalyzer,
  checkCWarnings,
} from "../../../scripts/check/c_warnings.ts";
import { checkClangTidy } from "../../../scripts/check/clang_tidy.ts";

const CLEAN = "int f(int a);\nint f(int a)\n{\n\treturn a;\n}\n";

const FAULTS: [warning: string, text: string][] = [
  ["unused variable", "int f(void);\nint f(void) { int a = 1; return 0; }"],
  ["unused parameter", "int f(int a);\nint f(int a) { return 0; }"],
  ["narrowing", "char f(int a);\nchar f(int a) { return a; }"],
  ["shadowing", "int f(int a);\nint f(int a) { { int a = 1; return a; } }"],
  [
    "reading what was never set",
    "int f(int a);\nint f(int a) { int b; for (int i = 0; i < a; i++) b = i * a; return b; }",
  ],
];

/** Runs `body` with a folder that holds these files. */
async function withFiles(
  texts: Record<string, string>,
  body: (root: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "csc-warnings-" });
  try {
    for (const [name, text] of Object.entries(texts)) {
      await Deno.writeTextFile(`${root}/${name}`, text);
    }
    await body(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

for (const [warning, text] of FAULTS) {
  Deno.test(`checkCWarnings() finds ${warning}, at its place`, async () => {
    await withFiles({ "a.c": CLEAN, "b.c": text }, async (root) => {
      const paths = ["a.c", "b.c"];
      const [finding, ...more] = await checkCWarnings({
        compiler: "cc",
        root,
        paths,
      });
      assert.equal(finding?.path, "b.c");
      assert.ok((finding?.line ?? 0) > 0);
      assert.deepEqual(more, []);
    });
  });
}

Deno.test("checkCWarnings() fails on a file that is not there", async () => {
  await withFiles({}, async (root) => {
    const files = { compiler: "cc", root, paths: ["none.c"] };
    assert.equal((await checkCWarnings(files)).length, 1);
  });
});

Deno.test("checkCAnalyzer() finds memory used after free", async () => {
  const text = "#include <stdlib.h>\nint f(void);\nint f(void)\n{\n" +
    "\tint *p = malloc(4);\n\tif (!p)\n\t\treturn 0;\n" +
    "\tfree(p);\n\treturn *p;\n}\n";
  await withFiles({ "a.c": CLEAN, "b.c": text }, async (root) => {
    const files = { compiler: "cc", root, paths: ["a.c", "b.c"] };
    const findings = await checkCAnalyzer(files);
    if (findings === null) return; // not gcc: the gate says so itself
    assert.deepEqual(findings.map(({ path }) => path), ["b.c"]);
  });
});

Deno.test("checkClangTidy() finds what native/.clang-tidy asks for", async () => {
  const text = "#include <stdlib.h>\n#include <string.h>\n" +
    "char *f(const char *text);\nchar *f(const char *text)\n{\n" +
    "\treturn malloc(strlen(text + 1));\n}\n";
  const settings = await Deno.readTextFile(`${ROOT}native/.clang-tidy`);
  const texts = { ".clang-tidy": settings, "a.c": CLEAN, "b.c": text };
  await withFiles(texts, async (root) => {
    const files = { compiler: "cc", root, paths: ["a.c", "b.c"] };
    const findings = await checkClangTidy(files);
    if (findings === null) return; // the gate says so itself
    assert.deepEqual(findings.map(({ path, line }) => [path, line]), [
      ["b.c", 6],
    ]);
    assert.match(findings[0]?.message ?? "", /bugprone-/);
  });
});

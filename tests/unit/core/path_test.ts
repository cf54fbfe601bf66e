import assert from "node:assert/strict";
import {
  classifyPath,
  hasGlob,
  isInside,
  literalPrefix,
  normalizePath,
  type PathVerdict,
  pathVerdict,
  scopeVerdict,
} from "../../../src/core/path.ts";

const FLAVOURS: [path: string, flavour: string | null][] = [
  ["/", "posix"],
  ["/a\\b", "posix"],
  ["/\\host\\share", "posix"],
  ["C:\\", "windows"],
  ["c:/x", "windows"],
  ["\\\\host\\share", "unc"],
  ["//host/share", "unc"],
  ["\\\\host/share/x", "unc"],
  ["", null],
  ["a/b", null],
  ["./a", null],
  ["~", null],
  ["//etc", null],
  ["//etc/", null],
  ["///x", null],
  ["////x/y", null],
  ["1:/x", null],
  ["C:", null],
  ["C:x", null],
  ["\\x", null],
  ["\\\\?\\C:\\x", null],
  ["//./pipe/x", null],
  ["//host/../x", null],
  ["//host/./x", null],
];

for (const [path, flavour] of FLAVOURS) {
  Deno.test(`classifyPath() ${JSON.stringify(path)} is ${flavour}`, () => {
    assert.equal(classifyPath(path), flavour);
  });
}

const NORMAL: [path: string, normal: string | null][] = [
  ["/", "/"],
  ["/a//b/./c///", "/a/b/c"],
  ["/a/../b", "/a/../b"],
  ["/.", "/"],
  ["c:/a\\\\b/.\\c\\", "c:\\a\\b\\c"],
  ["C:/", "C:\\"],
  ["//host/share//a/", "\\\\host\\share\\a"],
  ["a", null],
];

for (const [path, normal] of NORMAL) {
  Deno.test(`normalizePath() ${JSON.stringify(path)} is ${normal}`, () => {
    assert.equal(normalizePath(path), normal);
  });
}

const LITERALS: [scope: string, prefix: string | null][] = [
  ["/work/repo", "/work/repo"],
  ["/work/**", "/work"],
  ["/work/repo*", "/work"],
  ["/work/a?c/d", "/work"],
  ["/work/[ab]/c", "/work"],
  ["/*", null],
  ["/work*", null],
  ["/./*", null],
  ["/", "/"],
  ["/work/a\\b*", "/work"],
  ["C:\\work\\*", "C:\\work"],
  ["C:\\work/x*", "C:\\work"],
  ["C:\\*", null],
  ["//host/share/*", "//host/share"],
  ["//host/sh*", null],
  ["work/*", null],
];

for (const [scope, prefix] of LITERALS) {
  Deno.test(`literalPrefix() of ${JSON.stringify(scope)} is ${prefix}`, () => {
    assert.equal(literalPrefix(scope), prefix);
  });
}

const SCOPES: [
  behaviour: string,
  scope: string,
  prefixes: string[],
  verdict: PathVerdict,
][] = [
  ["the prefix itself", "/work", ["/work"], "inside"],
  ["below the prefix", "/work/a/b", ["/work"], "inside"],
  ["a sibling sharing the text", "/work2", ["/work"], "outside"],
  ["above the prefix", "/", ["/work"], "outside"],
  ["a second prefix", "/tmp/x", ["/work", "/tmp"], "inside"],
  ["no prefix at all", "/work", [], "outside"],
  ["case differs in POSIX", "/Work/a", ["/work"], "outside"],
  ["the root as prefix", "/etc/passwd", ["/"], "inside"],
  ["the root in itself", "/", ["/"], "inside"],
  ["a glob below", "/work/**/*.ts", ["/work"], "inside"],
  ["a glob that widens the name", "/work/repo*", ["/work/repo"], "outside"],
  ["a glob on the first level", "/work*", ["/work"], "outside"],
  ["a glob on the first level under /", "/work*", ["/"], "outside"],
  ["a glob of everything under /", "/*", ["/"], "outside"],
  ["a glob of everything, disguised", "/./*", ["/"], "outside"],
  ["climbing", "/work/../etc", ["/work"], "outside"],
  ["climbing back in", "/work/a/../b", ["/work"], "outside"],
  ["climbing under /", "/work/../etc", ["/"], "outside"],
  ["climbing behind a glob", "/work/*/../../etc", ["/work"], "outside"],
  ["two dots in a name", "/work/a..b", ["/work"], "inside"],
  ["a climbing prefix", "/etc", ["/work/../etc"], "outside"],
  ["dots and repeated slashes", "/work/./a//b/", ["/work/"], "inside"],
  [
    "a prefix with dots and slashes",
    "/work/a",
    ["//work", "/./work//"],
    "inside",
  ],
  ["a POSIX name with a backslash", "/work/a\\*", ["/work/a"], "outside"],
  ["two leading slashes", "//etc", ["/"], "not-absolute"],
  ["three leading slashes", "///x", ["/"], "not-absolute"],
  ["a digit for a drive", "1:/x", ["/"], "not-absolute"],
  ["relative", "work", ["/"], "not-absolute"],
  ["relative glob", "*", ["/"], "not-absolute"],
  ["empty", "", ["/"], "not-absolute"],
  ["UNC under the POSIX root", "//host/share", ["/"], "outside"],
  ["UNC below its POSIX reading", "//work/repo/x", ["/work/repo"], "outside"],
  ["Windows under the POSIX root", "C:/x", ["/"], "outside"],
  ["POSIX under Windows", "/x", ["C:/"], "outside"],
  ["Windows, other case and slashes", "c:/WORK\\a", ["C:\\work"], "inside"],
  ["Windows, another drive", "D:\\work", ["C:\\work"], "outside"],
  ["Windows, sibling", "C:\\work2", ["C:\\work"], "outside"],
  ["Windows, whole drive", "C:\\x", ["C:\\"], "inside"],
  ["Windows, glob of the drive", "C:\\*", ["C:\\"], "outside"],
  ["Windows, dots and a space", "C:\\work\\.. \\etc", ["C:\\work"], "outside"],
  ["Windows, letters beyond ASCII", "C:\\É", ["c:\\é"], "inside"],
  ["Windows, Kelvin sign", "C:\\wor\u212a", ["C:\\work"], "outside"],
  ["Windows, long s", "C:\\\u017f", ["C:\\s"], "outside"],
  [
    "UNC, other case and slashes",
    "\\\\HOST\\Share\\a",
    ["//host/share"],
    "inside",
  ],
  ["UNC, another share", "//host/other/a", ["//host/share"], "outside"],
];

for (const [behaviour, scope, prefixes, verdict] of SCOPES) {
  Deno.test(`scopeVerdict() ${behaviour}: ${scope} is ${verdict}`, () => {
    assert.equal(scopeVerdict(scope, prefixes), verdict);
  });
}

Deno.test("pathVerdict() takes glob characters as they are", () => {
  assert.equal(pathVerdict("/work/[x]", ["/work/[x]"]), "inside");
  assert.equal(pathVerdict("/work*", ["/work"]), "outside");
  assert.equal(pathVerdict("/work/..", ["/"]), "outside");
  assert.equal(pathVerdict("x", ["/"]), "not-absolute");
});

Deno.test("isInside() and hasGlob()", () => {
  assert.equal(isInside("/a/b", "/a/"), true);
  assert.equal(isInside("/a", "/a/b"), false);
  assert.equal(isInside("a", "/"), false);
  assert.equal(isInside("/a", "a"), false);
  assert.deepEqual(["/a*", "/a?", "/[a", "/a]{b}"].map(hasGlob), [
    true,
    true,
    true,
    false,
  ]);
});

/** Every path of up to three of these segments. */
const PIECES = ["a", "ab", "a\n", ".", "..", "...", ""];

function* shortPaths(depth: number): Generator<string> {
  for (const piece of PIECES) {
    yield `/${piece}`;
    if (depth === 1) continue;
    for (const rest of shortPaths(depth - 1)) yield `/${piece}${rest}`;
  }
}

/** The same path; a dot at its end takes the way through the segments. */
function dotted(path: string): string {
  return path.endsWith("/") ? `${path}.` : `${path}/.`;
}

Deno.test("isInside() says of plain paths what it says of the same with dots", () => {
  const [paths, prefixes] = [3, 2].map((depth) =>
    [...shortPaths(depth)].filter((path) => !path.startsWith("//"))
  ) as [string[], string[]];
  let inside = 0;
  for (const path of paths) {
    for (const prefix of prefixes) {
      const answer = isInside(path, prefix);
      if (answer) inside++;
      if (answer === isInside(dotted(path), dotted(prefix))) continue;
      assert.fail(`${JSON.stringify([path, prefix])}: ${answer}`);
    }
  }
  assert.ok(inside > 500 && inside < paths.length * prefixes.length / 2);
});

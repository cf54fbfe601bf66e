import assert from "node:assert/strict";
import { checkCwd } from "../../../src/decide/cwd.ts";
import { checkReadScope } from "../../../src/decide/read_scope.ts";
import { checkWriteScope } from "../../../src/decide/write_scope.ts";
import { sampleCommand, samplePolicy } from "./samples.ts";

type Case = [behaviour: string, path: string, codes: string[]];

const POLICY = samplePolicy({
  allowed_cwd_prefixes: ["/w/repo", "C:\\work", "/only/cwd"],
  allowed_read_prefixes: ["/w/repo", "C:\\work", "/only/read"],
  allowed_write_prefixes: ["/w/repo", "C:\\work", "/only/write"],
});

/** What holds for all three kinds of path; DENIED is each one's own code. */
const COMMON: Case[] = [
  ["allows the root itself", "/w/repo", []],
  ["allows a trailing slash", "/w/repo/", []],
  ["allows a path below the root", "/w/repo/out/log", []],
  ["allows what does not matter", "/w/./repo//out", []],
  ["allows another case on Windows", "c:/WORK/x", []],
  ["denies another case on POSIX", "/W/repo", ["DENIED"]],
  ["denies a sibling sharing the text", "/w/repo2", ["DENIED"]],
  ["denies a parent", "/w", ["DENIED"]],
  ["denies the root directory", "/", ["DENIED"]],
  ["denies climbing out", "/w/repo/../etc", ["DENIED"]],
  ["denies climbing even back in", "/w/repo/../repo", ["DENIED"]],
  ["denies another drive", "D:\\work", ["DENIED"]],
  ["denies a share", "//w/repo/x", ["DENIED"]],
  ["calls a relative path so", "w/repo", ["PATH_NOT_ABSOLUTE"]],
  ["calls an empty path so", "", ["PATH_NOT_ABSOLUTE"]],
  ["calls two slashes so", "//etc", ["PATH_NOT_ABSOLUTE"]],
  ["calls three slashes so", "///x", ["PATH_NOT_ABSOLUTE"]],
  ["calls a digit drive so", "1:/x", ["PATH_NOT_ABSOLUTE"]],
];

/** What holds where a path may be a glob. */
const GLOBS: Case[] = [
  ["allows a glob below the root", "/w/repo/**", []],
  ["allows a glob inside a name", "/w/repo/a?[bc]*", []],
  ["denies a glob across the root's name", "/w/repo*", ["DENIED"]],
  ["denies a glob at the top", "/*", ["DENIED"]],
  ["denies climbing before a glob", "/w/repo/../*", ["DENIED"]],
  ["denies climbing behind a glob", "/w/repo/*/../../x", ["DENIED"]],
];

function define(
  name: string,
  cases: Case[],
  denied: string,
  check: (path: string) => { code: string; subject: string }[],
) {
  for (const [behaviour, path, codes] of cases) {
    Deno.test(`${name}() ${behaviour}: ${JSON.stringify(path)}`, () => {
      const expected = codes.map((code) => code === "DENIED" ? denied : code);
      const found = check(path);
      assert.deepEqual(found.map(({ code }) => code), expected);
      for (const { subject } of found) assert.equal(subject, path);
    });
  }
}

define(
  "checkCwd",
  [...COMMON, ["takes a glob character as it stands", "/w/repo/*", []]],
  "CWD_NOT_ALLOWED",
  (cwd) => checkCwd(sampleCommand({ cwd }), POLICY),
);
define(
  "checkReadScope",
  [...COMMON, ...GLOBS],
  "READ_SCOPE_DENIED",
  (path) => checkReadScope(sampleCommand({ read_paths: [path] }), POLICY),
);
define(
  "checkWriteScope",
  [...COMMON, ...GLOBS],
  "WRITE_SCOPE_DENIED",
  (path) => checkWriteScope(sampleCommand({ write_paths: [path] }), POLICY),
);

Deno.test("each path rule looks at its own list of prefixes", () => {
  const paths = ["/only/cwd", "/only/read", "/only/write"];
  const cwds = paths.flatMap((cwd) => checkCwd(sampleCommand({ cwd }), POLICY));
  const command = sampleCommand({ read_paths: paths, write_paths: paths });
  const subjects = (found: { subject: string }[]) =>
    found.map(({ subject }) => subject);
  assert.deepEqual(subjects(cwds), ["/only/read", "/only/write"]);
  assert.deepEqual(subjects(checkReadScope(command, POLICY)), [
    "/only/cwd",
    "/only/write",
  ]);
  assert.deepEqual(subjects(checkWriteScope(command, POLICY)), [
    "/only/cwd",
    "/only/read",
  ]);
});

Deno.test("checkReadScope() takes / as a prefix of every POSIX path", () => {
  const policy = samplePolicy({ allowed_read_prefixes: ["/"] });
  const command = sampleCommand({
    read_paths: ["/", "/etc/x", "//host/share", "C:\\x"],
  });
  assert.deepEqual(
    checkReadScope(command, policy).map(({ subject }) => subject),
    ["//host/share", "C:\\x"],
  );
});

Deno.test("checkWriteScope() names every path where none is allowed", () => {
  const policy = { ...POLICY, require_write_paths_empty: true };
  const command = sampleCommand({ write_paths: ["/w/repo/a", "relative"] });
  assert.deepEqual(
    checkWriteScope(command, policy).map((
      { code, subject },
    ) => [code, subject]),
    [
      ["WRITE_PATHS_NOT_EMPTY", "/w/repo/a"],
      ["WRITE_PATHS_NOT_EMPTY", "relative"],
    ],
  );
});

Deno.test("checkWriteScope() denies any path without allowed prefixes", () => {
  const policy = samplePolicy({ allowed_write_prefixes: [] });
  const command = sampleCommand({ write_paths: ["/w/repo/a"] });
  assert.equal(checkWriteScope(command, policy)[0]?.code, "WRITE_SCOPE_DENIED");
});

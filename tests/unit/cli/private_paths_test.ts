import assert from "node:assert/strict";
import { privatePaths } from "../../../src/cli/private_paths.ts";
import { parseContract } from "../../../src/protocol/contract.ts";
import { command, contractBytes } from "../run/fakes.ts";

interface Asked {
  readonly cwd?: string;
  readonly reads?: string[];
  readonly writes?: string[];
  readonly outputs?: string[];
  readonly verb?: string;
}

/** What is said of a command with these arguments. */
function warnings(args: string[], asked: Asked = {}): string[] {
  const one = command("one", {
    exec: { argv: ["tool", ...args] },
    cwd: asked.cwd ?? "/work",
    read_paths: asked.reads ?? ["/work/**"],
    write_paths: asked.writes ?? [],
  });
  const more = asked.outputs ? { expected_outputs: asked.outputs } : {};
  const bytes = contractBytes([one], more);
  return privatePaths(parseContract(bytes, "c.json"), asked.verb ?? "run");
}

const NAMING: [arg: string, path: string][] = [
  ["/tmp/out.txt", "/tmp/out.txt"],
  ["/var/tmp/out", "/var/tmp/out"],
  ["/dev/shm/a/b", "/dev/shm/a/b"],
  ["--out=/tmp/out", "/tmp/out"],
  ["-o/tmp/out", "/tmp/out"],
  ["of=/tmp/out", "/tmp/out"],
  ["@/tmp/body.json", "/tmp/body.json"],
  ["make >/tmp/log 2>&1", "/tmp/log"],
  ["cp a '/tmp/b'; true", "/tmp/b"],
  ["(cat /tmp/b)", "/tmp/b"],
];
for (const [arg, path] of NAMING) {
  Deno.test(`privatePaths() finds ${path} in ${arg}`, () => {
    const [line = "", ...more] = warnings([arg]);
    assert.deepEqual(more, []);
    assert.ok(line.startsWith(`command "one" names "${path}", in no scope: `));
  });
}

const SILENT: [why: string, args: string[], asked?: Asked][] = [
  ["other paths", ["/work/tmp/out", "tmp/out", "./tmp/out", "/tmpfs/x"]],
  ["the directories themselves", ["/tmp", "--tmpdir=/tmp/", "/dev/shm"]],
  ["URLs and remote paths", [
    "http://host/tmp/x",
    "host:/tmp/x",
    "file:///tmp/x",
  ]],
  ["ways out of them", ["/tmp/../work/x"]],
  ["a write scope", ["/tmp/out/a"], { writes: ["/tmp/out/**"] }],
  ["a read scope", ["/tmp/in/a"], { reads: ["/tmp/in/*.c"] }],
  ["a scope that is the file", ["/tmp/a"], { writes: ["/tmp/a"] }],
  ["a scope below the path", ["/tmp/w"], { writes: ["/tmp/w/out/**"] }],
  ["the root as a scope", ["/tmp/a"], { reads: ["/"] }],
  ["the working directory", ["/tmp/w/a"], { cwd: "/tmp/w" }],
  ["an expected output in a write scope", [], {
    writes: ["/tmp/out/**"],
    outputs: ["/tmp/out/a"],
  }],
  ["expected outputs elsewhere", [], { outputs: ["/work/a"] }],
];
for (const [why, args, asked] of SILENT) {
  Deno.test(`privatePaths() has nothing to say of ${why}`, () => {
    assert.deepEqual(warnings(args, asked), []);
  });
}

Deno.test("privatePaths() names each path once, few of many, and the next step", () => {
  const args = ["/tmp/a", "/tmp/b", "/tmp/a", "/dev/shm/c", "/tmp/d", "/tmp/e"];
  assert.deepEqual(warnings(args), [
    'command "one" names "/tmp/a", "/tmp/b", "/dev/shm/c", 2 more, in no ' +
    "scope: a hardened command has a /tmp and /dev/shm of its own, empty at " +
    "first and lost at its end; declare what is to be seen or kept in " +
    "read_paths or write_paths",
  ]);
  assert.match(
    warnings(["/tmp/a"], { verb: "exec" })[0] ?? "",
    /; name what is to be seen or kept with "--read" or "--write"$/,
  );
});

Deno.test("privatePaths() tells of an output that no command may write", () => {
  const asked = { reads: ["/var/tmp/**"], outputs: ["/var/tmp/report"] };
  assert.deepEqual(warnings([], asked), [
    'expected outputs in no write scope: "/var/tmp/report"; a hardened ' +
    "command has a /var/tmp of its own, lost at its end; declare them in " +
    "write_paths",
  ]);
});

Deno.test("privatePaths() escapes what it names", () => {
  const [line = ""] = warnings(["/tmp/\u001b[2J\u202ex"]);
  assert.match(line, /"\/tmp\/\\u001b/);
  for (const raw of ["\u001b", "\u202e"]) assert.ok(!line.includes(raw));
});

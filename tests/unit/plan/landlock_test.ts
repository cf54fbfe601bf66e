import assert from "node:assert/strict";
import { isCscError } from "../../../src/core/errors.ts";
import {
  downgrade,
  landlockJson,
  planLandlock,
} from "../../../src/plan/landlock.ts";
import type { BindOp, Plan, TreeOp } from "../../../src/plan/plan.ts";
import { DEFAULT_PROFILE } from "../../../src/plan/sandbox_profile.ts";
import {
  linked,
  sampleFacts,
  sampleHost,
  samplePlan,
  scope,
  there,
} from "./samples.ts";

const REQUIRED = { ...DEFAULT_PROFILE, landlock: "required" } as const;
/** Nobody makes these without a capability, so no rule allows them. */
const NODES = ["make_char", "make_block"];
const READ = ["execute", "read_file", "read_dir"];
const ALL_FILES = [
  "execute",
  "write_file",
  "read_file",
  "read_dir",
  "remove_dir",
  "remove_file",
  ...NODES,
  "make_dir",
  "make_reg",
  "make_sock",
  "make_fifo",
  "make_sym",
  "refer",
  "truncate",
];

function bind(path: string, changes: Partial<BindOp> = {}): BindOp {
  return {
    op: "bind",
    source: path,
    path,
    readOnly: true,
    directory: true,
    noExec: false,
    devices: false,
    because: "read",
    owner: null,
    ...changes,
  };
}

function rulesOf(tree: readonly TreeOp[], abi = 7): Record<string, string[]> {
  return byPath(landlockJson(planLandlock(tree, abi, DEFAULT_PROFILE)));
}

function byPath(json: ReturnType<typeof landlockJson>) {
  const rules = json["rules"] as { path: string; rights: string[] }[];
  return Object.fromEntries(
    rules.map(({ path, rights }) => [path, [...rights].sort()]),
  );
}

function ofPlan(plan: Plan) {
  return byPath(landlockJson(plan.landlock));
}

const sorted = (...names: string[]) => [...names].sort();
const WRITE = sorted(...ALL_FILES.filter((name) => !NODES.includes(name)));

Deno.test("downgrade() handles what each version knows and names the rest", () => {
  const lost = (abi: number) => downgrade(abi).lost;
  assert.deepEqual(
    [2, 3, 4, 5, 6, 7, 99].map(lost),
    [
      ["truncate", "ioctl_dev", "abstract_unix_socket", "signal"],
      ["ioctl_dev", "abstract_unix_socket", "signal"],
      ["ioctl_dev", "abstract_unix_socket", "signal"],
      ["abstract_unix_socket", "signal"],
      [],
      [],
      [],
    ],
  );
  assert.deepEqual(
    [2, 3, 4, 5, 6, 7, 99].map((abi) => downgrade(abi).handled),
    [0x3fff, 0x7fff, 0x7fff, 0xffff, 0xffff, 0xffff, 0xffff],
  );
  assert.deepEqual(
    [5, 6, 7].map((abi) => [downgrade(abi).scoped, downgrade(abi).flags]),
    [[0, 0], [3, 0], [3, 4]],
  );
});

Deno.test("downgrade() has no wall where renames between directories would all fail", () => {
  for (const abi of [0, 1]) {
    const { handled, scoped, flags, lost } = downgrade(abi);
    assert.deepEqual([handled, scoped, flags], [0, 0, 0]);
    assert.equal(lost.length, 18);
  }
  assert.deepEqual(planLandlock([bind("/a")], 1, DEFAULT_PROFILE).rules, []);
});

Deno.test("a profile that requires Landlock has all of it or no run", () => {
  assert.equal(planLandlock([], 6, REQUIRED).abi, 6);
  for (const [abi, said] of [[0, /has none/], [5, /version 5, without abs/]]) {
    assert.throws(
      () => planLandlock([], abi as number, REQUIRED),
      (error) =>
        isCscError(error) && error.code === "SANDBOX_UNAVAILABLE" &&
        (said as RegExp).test(error.message),
    );
  }
});

Deno.test("a plan grants each scope its rights and the rest of the tree no more than it shows", () => {
  const plan = samplePlan({
    host: sampleHost({
      etc: [
        there("/etc/passwd", { kind: "file" }),
        linked("/etc/localtime", "/usr/share/zoneinfo/UTC", "file"),
      ],
    }),
    facts: sampleFacts({
      cwd: there("/w/repo"),
      reads: [scope(there("/w")), scope(there("/w/a.txt", { kind: "file" }))],
      writes: [
        scope(there("/w/repo/out")),
        scope(there("/w/repo/log", { kind: "file" })),
      ],
    }),
  });
  assert.deepEqual(ofPlan(plan), {
    "/": ["read_dir"],
    "/usr": sorted(...READ),
    "/etc": sorted(...READ),
    "/dev": sorted("ioctl_dev", "read_file", "truncate", "write_file"),
    "/proc": sorted("read_dir", "read_file"),
    "/tmp": WRITE,
    "/dev/shm": WRITE,
    "/var/tmp": WRITE,
    "/w": sorted(...READ),
    "/w/repo/log": sorted("execute", "read_file", "truncate", "write_file"),
    "/w/repo/out": WRITE,
  });
});

Deno.test("no rule names a right that the version does not know", () => {
  for (let abi = 2; abi < 9; abi++) {
    const plan = samplePlan({ host: sampleHost({ landlockAbi: abi }) });
    const { handled, rules } = plan.landlock;
    assert.ok(rules.length > 5);
    for (const { path, rights } of rules) {
      assert.ok(rights !== 0 && (rights & ~handled) === 0, `${abi} ${path}`);
    }
  }
});

Deno.test("what a later mount hides grants nothing to that one", () => {
  const tmp = { op: "tmpfs", path: "/tmp", mode: 0, bytes: 1, inodes: 1 };
  assert.deepEqual(rulesOf([tmp as TreeOp, bind("/tmp")])["/tmp"], [
    ...sorted(...READ),
  ]);
  const deep = { ...tmp, path: "/var/tmp" } as TreeOp;
  assert.deepEqual(rulesOf([deep, bind("/var")]), {
    "/": ["read_dir"],
    "/var": sorted(...READ),
  });
  // The other way round the memory lies on top.
  assert.deepEqual(rulesOf([bind("/var"), deep])["/var/tmp"], WRITE);
});

Deno.test("a scope in /etc has a rule of its own", () => {
  const tree = [
    bind("/etc/passwd", { because: "system", directory: false }),
    bind("/etc/app", { readOnly: false, because: "write" }),
  ];
  assert.deepEqual(rulesOf(tree), {
    "/": ["read_dir"],
    "/etc": sorted(...READ),
    "/etc/app": WRITE,
  });
});

Deno.test("a thousand scopes are planned at once", () => {
  const tree = Array.from({ length: 1000 }, (_, n) => bind(`/w/a/b/c/${n}`));
  const before = performance.now();
  assert.equal(planLandlock(tree, 7, DEFAULT_PROFILE).rules.length, 1001);
  assert.ok(performance.now() - before < 200);
});

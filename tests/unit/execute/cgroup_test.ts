import assert from "node:assert/strict";
import {
  cgroupName,
  findCgroupHome,
  makeCgroup,
  sweepAbandoned,
} from "../../../src/execute/cgroup.ts";

/** A host as the files of /proc and /sys show it. */
function host(files: Record<string, string>) {
  return findCgroupHome((path) => files[path] ?? null);
}

const V1_MOUNTS = `31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory
39 31 0:36 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
`;
const V2_MOUNTS = "30 23 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
const DELEGATED = "cpu memory pids\n";

Deno.test("findCgroupHome() finds each controller of version 1", () => {
  assert.deepEqual(
    host({
      "/proc/self/cgroup": "8:pids:/a/b\n4:memory:/c\n0::/\n",
      "/proc/self/mountinfo": V1_MOUNTS,
    }),
    {
      version: 1,
      memory: "/sys/fs/cgroup/memory/c",
      pids: "/sys/fs/cgroup/pids/a/b",
    },
  );
});

Deno.test("findCgroupHome() takes the controllers of version 1 that there are", () => {
  assert.deepEqual(
    host({
      "/proc/self/cgroup": "4:memory:/\n",
      "/proc/self/mountinfo": V1_MOUNTS,
    }),
    { version: 1, memory: "/sys/fs/cgroup/memory", pids: null },
  );
});

Deno.test("findCgroupHome() knows controllers that share a mount", () => {
  assert.deepEqual(
    host({
      "/proc/self/cgroup": "4:pids,memory:/x:y\n",
      "/proc/self/mountinfo":
        "35 31 0:32 / /cg/both rw - cgroup cgroup rw,pids,memory\n",
    }),
    { version: 1, memory: "/cg/both/x:y", pids: "/cg/both/x:y" },
  );
});

Deno.test("findCgroupHome() drops the part that a container's mount hides", () => {
  const mounts = (root: string) =>
    `35 31 0:32 ${root} /cg/memory rw - cgroup cgroup rw,memory\n`;
  const home = (root: string, own: string) =>
    host({
      "/proc/self/cgroup": `4:memory:${own}\n`,
      "/proc/self/mountinfo": mounts(root),
    })?.memory;
  assert.equal(home("/docker/abc", "/docker/abc"), "/cg/memory");
  assert.equal(home("/docker/abc", "/docker/abc/x"), "/cg/memory/x");
  // A neighbour whose name only begins so is no part of it.
  assert.equal(home("/docker/abc", "/docker/abcd"), "/cg/memory/docker/abcd");
});

Deno.test("findCgroupHome() climbs to the ancestor that hands both on", () => {
  const files = {
    "/proc/self/cgroup": "0::/user.slice/session.scope\n",
    "/proc/self/mountinfo": V2_MOUNTS,
    "/sys/fs/cgroup/user.slice/session.scope/cgroup.subtree_control": "\n",
    "/sys/fs/cgroup/user.slice/cgroup.subtree_control": DELEGATED,
    "/sys/fs/cgroup/cgroup.subtree_control": DELEGATED,
  };
  const home = "/sys/fs/cgroup/user.slice";
  assert.deepEqual(host(files), { version: 2, memory: home, pids: home });
});

Deno.test("findCgroupHome() finds the root of version 2", () => {
  assert.deepEqual(
    host({
      "/proc/self/cgroup": "0::/\n",
      "/proc/self/mountinfo": V2_MOUNTS,
      "/sys/fs/cgroup/cgroup.subtree_control": DELEGATED,
    }),
    { version: 2, memory: "/sys/fs/cgroup", pids: "/sys/fs/cgroup" },
  );
});

const NOWHERE: [why: string, files: Record<string, string>][] = [
  ["/proc cannot be read", {}],
  ["nothing is mounted", {
    "/proc/self/cgroup": "0::/\n",
    "/proc/self/mountinfo": "",
  }],
  ["only one of the two is handed on", {
    "/proc/self/cgroup": "0::/\n",
    "/proc/self/mountinfo": V2_MOUNTS,
    "/sys/fs/cgroup/cgroup.subtree_control": "memory\n",
  }],
  ["a name only contains the controller's", {
    "/proc/self/cgroup": "0::/\n",
    "/proc/self/mountinfo": V2_MOUNTS,
    "/sys/fs/cgroup/cgroup.subtree_control": "memory2 pidsx\n",
  }],
];

for (const [why, files] of NOWHERE) {
  Deno.test(`findCgroupHome() is null where ${why}`, () => {
    assert.equal(host(files), null);
  });
}

const LIMITS = { memoryBytes: 64 * 1024 * 1024, processes: 7 };

Deno.test("makeCgroup() leaves nothing behind where it may set no limit", () => {
  const folder = Deno.makeTempDirSync({ prefix: "csc-cgroup-" });
  try {
    for (const version of [1, 2] as const) {
      const home = { version, memory: folder, pids: folder };
      // No kernel behind it: memory.max does not appear.
      assert.equal(makeCgroup(home, "x", LIMITS), null);
      assert.deepEqual([...Deno.readDirSync(folder)], []);
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("makeCgroup() is null where it may make no directory", () => {
  const home = {
    version: 2,
    memory: "/proc/none",
    pids: "/proc/none",
  } as const;
  assert.equal(makeCgroup(home, "x", LIMITS), null);
});

/** A cgroup of this host, or null where none can be had (no root, no delegation). */
function realCgroup(name: string) {
  const home = findCgroupHome();
  const cgroup = home === null ? null : makeCgroup(home, name, LIMITS);
  return home === null || cgroup === null ? null : { home, cgroup };
}

/** Only root is sure to get one; whoever else may be refused by the host. */
function canHaveCgroup(): boolean {
  const made = Deno.uid() === 0 ? realCgroup("csc-unit-test-probe") : null;
  made?.cgroup.remove();
  return made !== null;
}

Deno.test({
  name: "makeCgroup() sets the limits of a real cgroup and takes it away again",
  ignore: !canHaveCgroup(),
  fn() {
    const made = realCgroup("csc-unit-test");
    assert.ok(made !== null);
    const { home, cgroup } = made;
    const path = `${home.pids ?? home.memory}/csc-unit-test`;
    try {
      for (const { value, by } of cgroup.limits) {
        const [, , file = ""] = by.split(" ");
        const folder = file.startsWith("pids") ? home.pids : home.memory;
        const text = Deno.readTextFileSync(`${folder}/csc-unit-test/${file}`);
        assert.equal(text.trim(), String(value), by);
      }
      const limited = cgroup.limits.map(({ limit }) => limit);
      assert.equal(limited.includes("processes"), home.pids !== null);
      assert.equal(limited.includes("memory_bytes"), home.memory !== null);
      assert.ok(cgroup.entryFiles.length > 0);
      for (const file of cgroup.entryFiles) Deno.statSync(file);
      assert.equal(cgroup.report().oomKills, 0);
    } finally {
      cgroup.remove();
    }
    assert.throws(() => Deno.statSync(path), Deno.errors.NotFound);
  },
});

Deno.test("sweepAbandoned() takes what a csc that is no more has left, and nothing else", () => {
  const home = Deno.makeTempDirSync({ prefix: "csc-sweep-" });
  try {
    // No process has a number as high as this (PID_MAX_LIMIT is 2^22).
    const dead = cgroupName(4194305, "aa");
    const own = cgroupName(Deno.pid, "bb");
    for (const name of [dead, own, "csc-other", "system.slice"]) {
      Deno.mkdirSync(`${home}/${name}`);
    }
    sweepAbandoned({ version: 1, memory: home, pids: home });
    assert.deepEqual(
      [...Deno.readDirSync(home)].map(({ name }) => name).sort(),
      [own, "csc-other", "system.slice"].sort(),
    );
  } finally {
    Deno.removeSync(home, { recursive: true });
  }
});

import assert from "node:assert/strict";
import { assertRan } from "./assertions.ts";
import { attackTest } from "./harness.ts";
import type { Place } from "./place.ts";

const LOOK = [
  "cat /proc/self/status /proc/self/mountinfo /proc/self/uid_map",
  "for name in user mnt pid net ipc uts cgroup; do",
  "  readlink /proc/self/ns/$name",
  "done",
  "cat /proc/self/limits",
].join("\n");

// deno-lint-ignore no-explicit-any -- JSON of the program under test
type Evidence = any;

/** Runs the script with a read scope that has a space and a letter of UTF-8. */
async function look(place: Place) {
  const odd = await place.mkdir(`${place.read}/od d é`);
  const confined = await place.confined(["sh", "-c", LOOK], {
    readPaths: [odd],
  });
  assertRan(confined);
  const { commands: [{ facts }] } = confined.evidence as Evidence;
  return { facts, seen: confined.stdout, odd };
}

attackTest(
  "evidence says of the walls what the command sees of them",
  async (place) => {
    const bare = await place.bare(["sh", "-c", LOOK]);
    assert.match(bare.stdout, /^Seccomp:\t0$/m);

    const { facts, seen, odd } = await look(place);
    const { sandbox } = facts;
    const field = (name: string) =>
      new RegExp(`^${name}:\t(.*)$`, "m").exec(seen)?.[1];
    assert.equal(field("Seccomp"), String(sandbox.seccomp_mode));
    assert.equal(field("NoNewPrivs"), "1");
    assert.equal(sandbox.no_new_privs, true);
    const { capabilities } = sandbox;
    assert.deepEqual(
      ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"].map(field),
      [
        capabilities.inheritable,
        capabilities.permitted,
        capabilities.effective,
        capabilities.bounding,
        capabilities.ambient,
      ],
    );
    assert.match(field("Uid") ?? "", new RegExp(`^${sandbox.uid}\t`));
    for (const [name, inode] of Object.entries(sandbox.namespaces)) {
      assert.ok(seen.includes(`\n${name}:[${inode}]\n`), name);
    }
    const mounts = seen.split("\n").filter((line) => line.includes(" - "));
    assert.deepEqual(sandbox.mounts, mounts);
    const escaped = odd.replaceAll(" ", "\\040");
    assert.ok(mounts.some((line) => line.includes(` ${escaped} ro,nosuid`)));
  },
  { cscOnly: "states nothing" },
);

const LIMITS: readonly (readonly [limit: string, name: string])[] = [
  ["cpu_sec", "Max cpu time"],
  ["file_bytes", "Max file size"],
  ["data_bytes", "Max data size"],
  ["core_bytes", "Max core file size"],
  ["open_files", "Max open files"],
  ["locked_bytes", "Max locked memory"],
];

attackTest(
  "evidence states no limit that the command does not have",
  async (place) => {
    const { facts, seen } = await look(place);
    for (const [limit, name] of LIMITS) {
      const found = facts.limits.find((fact: Evidence) => fact.limit === limit);
      const line = new RegExp(`^${name} +(\\S+) +(\\S+)`, "m").exec(seen);
      const value = String(found.value);
      assert.deepEqual([line?.[1], line?.[2]], [value, value], limit);
    }
  },
  { cscOnly: "states nothing" },
);

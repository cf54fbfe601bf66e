/** What doctor says about hosts that lack something. */
import assert from "node:assert/strict";
import { appArmorProfile } from "../../../../src/cli/doctor/apparmor.ts";
import { cgroupFindings } from "../../../../src/cli/doctor/cgroup_checks.ts";
import type { Finding } from "../../../../src/cli/doctor/finding.ts";
import type { FileFacts, Host } from "../../../../src/cli/doctor/host.ts";
import { kernelFindings } from "../../../../src/cli/doctor/kernel_checks.ts";
import {
  type OwnFiles,
  ownFindings,
} from "../../../../src/cli/doctor/own_checks.ts";

const GOOD: Readonly<Record<string, string>> = {
  "/proc/sys/kernel/osrelease": "6.1.0-18-amd64\n",
  "/proc/self/status": "Name:\tcsc\nSeccomp:\t0\n",
  "/proc/self/mountinfo": "21 1 8:1 / / rw - ext4 /dev/sda1 rw\n" +
    "22 21 0:5 / /proc rw - proc proc rw\n",
  "/proc/sys/user/max_user_namespaces": "15000\n",
  "/proc/sys/kernel/seccomp/actions_avail": "kill_process errno allow\n",
};
const DEVICE: FileFacts = { uid: 0, mode: 0o666, kind: "other" };

/** A host where everything is there, but for what is given; null takes away. */
function host(
  files: Readonly<Record<string, string | null>> = {},
  { uid = 1000, paths = {} as Record<string, FileFacts | null> } = {},
): Host {
  const all: Record<string, string | null> = { ...GOOD, ...files };
  return {
    uid,
    env: () => undefined,
    read: (path) => all[path] ?? null,
    look: (path) =>
      path in paths ? paths[path]! : path.startsWith("/dev/") ? DEVICE : null,
  };
}

function missing(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ standing }) => standing === "missing");
}

Deno.test("kernelFindings() finds nothing missing on a good host", () => {
  assert.deepEqual(missing(kernelFindings(host())), []);
});

const APPARMOR = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";
const CASES: readonly [
  what: string,
  files: Record<string, string | null>,
  id: string,
  fix: RegExp,
][] = [
  [
    "an old kernel",
    { "/proc/sys/kernel/osrelease": "5.10.0-28-amd64\n" },
    "kernel",
    /Boot a newer kernel/,
  ],
  [
    "WSL 1",
    { "/proc/sys/kernel/osrelease": "4.4.0-19041-Microsoft\n" },
    "kernel",
    /wsl --set-version/,
  ],
  ["no /proc", { "/proc/self/status": null }, "proc", /mount -t proc/],
  [
    "a chroot",
    { "/proc/self/mountinfo": "22 21 0:5 / /proc rw - proc proc rw\n" },
    "chroot",
    /pivot_root/,
  ],
  [
    "a container that masks /proc",
    {
      "/proc/self/mountinfo": GOOD["/proc/self/mountinfo"] +
        "23 22 0:6 / /proc/kcore rw - tmpfs tmpfs rw\n",
    },
    "proc",
    /systempaths=unconfined/,
  ],
  [
    "a kernel without user namespaces",
    { "/proc/sys/user/max_user_namespaces": null },
    "user-namespaces",
    /CONFIG_USER_NS/,
  ],
  [
    "user namespaces switched off",
    { "/proc/sys/user/max_user_namespaces": "0\n" },
    "user-namespaces",
    /user\.max_user_namespaces=/,
  ],
  [
    "Debian's old switch",
    { "/proc/sys/kernel/unprivileged_userns_clone": "0\n" },
    "user-namespaces",
    /unprivileged_userns_clone=1/,
  ],
  [
    "Ubuntu's AppArmor restriction",
    { [APPARMOR]: "1\n", "/proc/self/attr/current": "unconfined\n" },
    "apparmor",
    /--print-apparmor-profile[^]*apparmor_parser/,
  ],
  [
    "a kernel whose filters cannot end a process",
    { "/proc/sys/kernel/seccomp/actions_avail": "errno allow\n" },
    "seccomp",
    /CONFIG_SECCOMP_FILTER/,
  ],
  [
    "memory files that cannot be executed",
    { "/proc/sys/vm/memfd_noexec": "2\n" },
    "memfd",
    /vm\.memfd_noexec=1/,
  ],
];

for (const [what, files, id, fix] of CASES) {
  Deno.test(`kernelFindings() tells what to do about ${what}`, () => {
    const [first] = missing(kernelFindings(host(files)));
    assert.equal(first?.id, id);
    assert.match(first.fix ?? "", fix);
  });
}

Deno.test("kernelFindings() names the devices that are not there", () => {
  const paths = { "/dev/null": null, "/dev/urandom": null };
  const [first] = missing(kernelFindings(host({}, { paths })));
  assert.match(first?.text ?? "", /null, urandom/);
});

Deno.test("AppArmor's restriction is no hindrance to root, nor to a csc with a profile", () => {
  const restricted = { [APPARMOR]: "1\n" };
  assert.deepEqual(missing(kernelFindings(host(restricted, { uid: 0 }))), []);
  const profiled = {
    ...restricted,
    "/proc/self/attr/current": "csc (unconfined)\n",
  };
  assert.deepEqual(missing(kernelFindings(host(profiled))), []);
});

Deno.test("kernelFindings() points to the container's filter when csc runs under one", () => {
  const status = { "/proc/self/status": "Seccomp:\t2\n" };
  const found = kernelFindings(host(status));
  const note = found.find(({ id }) => id === "outer-seccomp");
  assert.match(note?.fix ?? "", /seccomp=unconfined/);
});

Deno.test("cgroupFindings() tells what stands in for a missing cgroup", () => {
  const none = { version: 0, memory: false, processes: false } as const;
  assert.equal(cgroupFindings(none)[0]?.standing, "weaker");
  const half = { version: 1, memory: false, processes: true } as const;
  assert.match(cgroupFindings(half)[0]?.text ?? "", /only processes/);
  const all = { version: 2, memory: true, processes: true } as const;
  assert.equal(cgroupFindings(all)[0]?.standing, "ok");
});

const OWN: OwnFiles = {
  configProblem: null,
  keyPath: "/k/ci.key",
  statePath: "/s",
  log: "required",
};
const KEY: FileFacts = { uid: 1000, mode: 0o600, kind: "file" };
const STATE: FileFacts = { uid: 1000, mode: 0o700, kind: "directory" };

function own(key: FileFacts | null, state: FileFacts | null, files = OWN) {
  const paths = { "/k/ci.key": key, "/s": state };
  return ownFindings(host({}, { paths }), files);
}

Deno.test("ownFindings() warns of the custody of a key that is in order", () => {
  const found = own(KEY, STATE);
  assert.deepEqual(missing(found), []);
  assert.ok(found.some(({ id }) => id === "key-custody"));
});

for (
  const [what, found, id] of [
    ["a key open to its group", own({ ...KEY, mode: 0o640 }, STATE), "key"],
    ["another user's key", own({ ...KEY, uid: 7 }, STATE), "key"],
    ["a key that is not there", own(null, STATE), "key"],
    ["open state", own(KEY, { ...STATE, mode: 0o755 }), "state"],
    ["another user's state", own(KEY, { ...STATE, uid: 7 }), "state"],
    [
      "no place for state",
      own(KEY, null, { ...OWN, statePath: null }),
      "state",
    ],
    [
      "a configuration that cannot be read",
      own(KEY, STATE, {
        ...OWN,
        configProblem: { message: "broken", hint: "mend it" },
      }),
      "configuration",
    ],
  ] as const
) {
  Deno.test(`ownFindings() refuses ${what}`, () => {
    const [first, ...more] = missing(found);
    assert.equal(first?.id, id);
    assert.ok((first?.fix ?? "") !== "");
    assert.deepEqual(more, []);
  });
}

Deno.test("ownFindings() says that a run without a log is weaker", () => {
  const found = own(KEY, STATE, { ...OWN, log: "off" });
  assert.equal(found.find(({ id }) => id === "state")?.standing, "weaker");
});

Deno.test("appArmorProfile() names the file literally", () => {
  const text = appArmorProfile('/opt/a "b"/{c}*/csc');
  assert.ok(text.includes('profile csc "/opt/a \\"b\\"/\\{c\\}\\*/csc"'));
});

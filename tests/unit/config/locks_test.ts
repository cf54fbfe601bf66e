/** What the machine's configuration decides, whatever anybody else says. */
import assert from "node:assert/strict";
import type { LoadedConfig } from "../../../src/config/config.ts";
import { loadConfig } from "../../../src/config/find.ts";
import type { ErrorCode } from "../../../src/core/errors.ts";
import { tempPlace } from "../run/temp_place.ts";
import { places, type Said } from "./places.ts";

const UID = Deno.uid() ?? 0;
const A = "a".repeat(64);
const B = "b".repeat(64);

function load(said: Said): Promise<LoadedConfig> {
  return loadConfig(places(said));
}

/** A machine on which everything that can be locked is. */
const MACHINE = `
mode: hardened
state_dir: /srv/csc
log: required
signing: {key: /etc/csc/ci.key, key_id: ci}
sandbox: {memory_mb: 8}
retention: {max_age_days: 90}
locked: [mode, state_dir, log, signing, sandbox, retention]
`;
const SETTINGS = {
  mode: "hardened",
  state_dir: "/srv/csc",
  log: "required",
  signing: { key: "/etc/csc/ci.key", key_id: "ci" },
  sandbox: { memory_mb: 8 },
  retention: { max_age_days: 90 },
};

Deno.test("loadConfig() keeps what is locked, without other files", async () => {
  assert.deepEqual(await load({ machine: MACHINE }), SETTINGS);
});

const SAME: Record<string, string> = {
  "--mode": "hardened",
  "--state-dir": "/srv/csc",
  "--signing-key": "/etc/csc/ci.key",
  "--key-id": "ci",
};

Deno.test("loadConfig() lets flags repeat what is locked", async () => {
  assert.deepEqual(await load({ machine: MACHINE, flags: SAME }), SETTINGS);
  const off = 'log: "off"\nlocked: [log]\n';
  const flags = { "--no-log": "" };
  assert.deepEqual(await load({ machine: off, flags }), { log: "off" });
});

const FLAGS: [flag: string, value: string, setting: string][] = [
  ["--mode", "local", "mode"],
  ["--state-dir", "/tmp/s", "state_dir"],
  ["--state-dir", "/srv/csc/", "state_dir"],
  ["--no-log", "", "log"],
  ["--signing-key", "/tmp/k", "signing"],
  ["--key-id", "other", "signing"],
];
for (const [flag, value, setting] of FLAGS) {
  Deno.test(`loadConfig() refuses ${flag} ${value} where ${setting} is locked`, async () => {
    await assert.rejects(load({ machine: MACHINE, flags: { [flag]: value } }), {
      code: "CONFIG_LOCKED",
      message: new RegExp(
        `^use flag "${flag}": ".*/machine/.*" locks "${setting}"$`,
      ),
      hint: /^Leave it out, or have the machine's administrator/,
    });
    const open = MACHINE.replace(/locked: .*/, "locked: []");
    await load({ machine: open, flags: { [flag]: value } });
  });
}

const OTHERS: [text: string, setting: string][] = [
  ["mode: local", "mode"],
  ["mode: hardened", "mode"],
  ["state_dir: /x", "state_dir"],
  ['log: "off"', "log"],
  ["signing: {key_id: x}", "signing"],
  ["signing: {}", "signing"],
  ["sandbox: {path: [/tmp]}", "sandbox"],
  ["sandbox_profiles: {big: {memory_mb: 9}}", "sandbox"],
  ["sandbox_by_policy: {}", "sandbox"],
  ["retention: {max_mb: 1}", "retention"],
];
for (const [text, setting] of OTHERS) {
  for (const file of ["user", "named"] as const) {
    Deno.test(`loadConfig() refuses ${text} of a ${file} file where it is locked`, async () => {
      await assert.rejects(load({ machine: MACHINE, [file]: text }), {
        code: "CONFIG_LOCKED",
        message: new RegExp(
          `^read configuration ".*/${file}/.*": use /${setting}\\w*: ".*" locks "${setting}"`,
        ),
        hint: /^Remove it from this file, or have/,
      });
    });
  }
}

Deno.test("loadConfig() lets other files say what is not locked", async () => {
  const machine = "mode: hardened\nlog: required\nlocked: [mode]\n";
  assert.deepEqual(
    await load({ machine, user: "state_dir: /x" }),
    { mode: "hardened", log: "required", state_dir: "/x" },
  );
  // A file that was named stands for all that is not locked.
  assert.deepEqual(
    await load({ machine, named: 'log: "off"' }),
    { mode: "hardened", log: "off" },
  );
  assert.deepEqual(
    await load({ machine, named: "state_dir: /x" }),
    { mode: "hardened", state_dir: "/x" },
  );
});

Deno.test("loadConfig() keeps all of a locked sandbox beside a file that was named", async () => {
  const sandbox = "sandbox_profiles: {big: {memory_mb: 9}}\n" +
    "sandbox_by_policy: {p: big}\n";
  assert.deepEqual(
    await load({
      machine: `${sandbox}locked: [sandbox]`,
      named: "mode: local",
    }),
    {
      sandbox_profiles: { big: { memory_mb: 9 } },
      sandbox_by_policy: { p: "big" },
      mode: "local",
    },
  );
});

Deno.test("loadConfig() finds sandbox profiles that another file defines", async () => {
  const machine = "sandbox_profiles: {big: {memory_mb: 9}}";
  const user = "sandbox_by_policy: {p: big}";
  assert.deepEqual((await load({ machine, user })).sandbox_by_policy, {
    p: "big",
  });
  // A file that was named stands alone, so there is no such profile.
  await assert.rejects(load({ machine, named: user }), {
    code: "CONFIG_INVALID",
    message: /there is no sandbox profile "big"/,
  });
});

Deno.test("loadConfig() reads no other file where config is locked", async () => {
  const machine = "log: required\nlocked: [config]\n";
  assert.deepEqual(
    await load({ machine, user: "not: {a configuration" }),
    { log: "required" },
  );
  await assert.rejects(load({ machine, named: "log: required" }), {
    code: "CONFIG_LOCKED",
    message: /^use flag "--config": ".*" locks "config"$/,
  });
});

const NONSENSE: [what: string, said: Said, code: ErrorCode, why: RegExp][] = [
  [
    "a lock on what is not set",
    { machine: "locked: [mode]" },
    "CONFIG_INVALID",
    /\/locked: "mode" is locked, but this file does not set it/,
  ],
  [
    "a lock on half a key",
    { machine: "signing: {key: /k}\nlocked: [signing]" },
    "CONFIG_INVALID",
    /"signing" is locked, but/,
  ],
  [
    "a lock on what cannot be locked",
    { machine: "locked: [policies]" },
    "CONFIG_INVALID",
    /found "policies", expected "config" or/,
  ],
  [
    "a lock in the user's file",
    { user: "mode: local\nlocked: [mode]" },
    "CONFIG_INVALID",
    /\/user\/.*\/locked: only ".*\/machine\/.*" can lock/,
  ],
  [
    "a lock in a file that was named",
    { named: "locked: []" },
    "CONFIG_INVALID",
    /only ".*" can lock/,
  ],
];
for (const [what, said, code, message] of NONSENSE) {
  Deno.test(`loadConfig() refuses ${what}`, async () => {
    await assert.rejects(load(said), { code, message });
  });
}

Deno.test("loadConfig() says who accepts which policies", async () => {
  const machine = `policies: {ci: ${A}, nightly: ${B.toUpperCase()}}`;
  const { accepted = [] } = await load({ machine, named: `policies: [${A}]` });
  assert.deepEqual(accepted.map(({ digests }) => digests), [[A, B], [A]]);
  assert.match(accepted[0]?.source ?? "", /\/machine\//);
  assert.match(accepted[1]?.source ?? "", /\/named\//);
  assert.equal((await load({ machine: "mode: local" })).accepted, undefined);
  const none = await load({ machine: "policies: []" });
  assert.deepEqual(none.accepted?.[0]?.digests, []);
});

Deno.test("loadConfig() keeps the machine's policies, whatever others accept", async () => {
  const machine = `policies: [${A}]`;
  for (const user of [`policies: [${B}]`, "policies: {}", "mode: local"]) {
    const { accepted = [] } = await load({ machine, user });
    assert.deepEqual(accepted[0]?.digests, [A]);
  }
});

for (
  const [what, path, mode] of [
    ["file", "csc/config.yaml", 0o664],
    ["directory", "csc", 0o777],
  ] as const
) {
  Deno.test(`loadConfig() refuses a machine's ${what} that others may write`, async () => {
    const dir = tempPlace();
    Deno.mkdirSync(`${dir}/csc`);
    const system = `${dir}/csc/config.yaml`;
    Deno.writeTextFileSync(system, "mode: local", { mode: 0o600 });
    const sources = {
      named: undefined,
      uid: UID,
      env: () => undefined,
      flags: { options: new Map(), switches: new Set<string>() },
      system: { path: system, owner: UID },
    };
    assert.deepEqual(await loadConfig(sources), { mode: "local" });
    Deno.chmodSync(`${dir}/${path}`, mode);
    await assert.rejects(loadConfig(sources), {
      code: "CONFIG_INVALID",
      message: /its group or everybody may write it/,
    });
  });
}

Deno.test("loadConfig() refuses a machine's file that is not root's", async () => {
  const dir = tempPlace();
  Deno.writeTextFileSync(`${dir}/config.yaml`, "mode: local");
  const system = { path: `${dir}/config.yaml`, owner: UID + 1 };
  await assert.rejects(
    // The caller's own file would do as the user's, not as the machine's.
    loadConfig({
      named: undefined,
      uid: UID,
      env: () => undefined,
      flags: { options: new Map(), switches: new Set<string>() },
      system,
    }),
    { code: "CONFIG_INVALID", message: /it belongs to user/, hint: /root\.$/ },
  );
});

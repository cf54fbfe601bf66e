import assert from "node:assert/strict";
import { mergeConfig } from "../../../src/config/merge.ts";
import { loadConfig } from "../../../src/config/find.ts";
import {
  sandboxProfile,
  sandboxProfileFor,
} from "../../../src/config/sandbox.ts";
import { type ErrorCode, isCscError } from "../../../src/core/errors.ts";
import { DEFAULT_PROFILE } from "../../../src/plan/sandbox_profile.ts";
import { tempPlace } from "../run/temp_place.ts";

const UID = Deno.uid() ?? 0;
const flags = { options: new Map(), switches: new Set<string>() };

function file(text: string, mode = 0o600): string {
  const path = `${tempPlace()}/config.yaml`;
  Deno.writeTextFileSync(path, text);
  Deno.chmodSync(path, mode);
  return path;
}

function load(text: string, mode?: number, uid = UID) {
  return loadConfig({
    named: file(text, mode),
    uid,
    env: () => undefined,
    flags,
  });
}

const WHOLE = `
mode: hardened
state_dir: /srv/state
log: "off"
signing:
  key: /etc/csc/ci.key
  key_id: ci
trust_store: /etc/csc/trust
retention: {max_age_days: 8, max_mb: 9}
sandbox:
  path: [/usr/bin]
  system_dirs: [/usr]
  etc: [/etc/passwd]
  tmp_mb: 1
  memory_mb: 2
  processes: 3
  cpu_sec: 4
  file_mb: 5
  open_files: 6
  timeout_sec: 7
  run_as: builder
sandbox_profiles:
  big: {memory_mb: 9}
sandbox_by_policy: {build: big}
`;

Deno.test("loadConfig() reads every key", async () => {
  assert.deepEqual(await load(WHOLE), {
    mode: "hardened",
    state_dir: "/srv/state",
    log: "off",
    signing: { key: "/etc/csc/ci.key", key_id: "ci" },
    trust_store: "/etc/csc/trust",
    retention: { max_age_days: 8, max_mb: 9 },
    sandbox: {
      path: ["/usr/bin"],
      system_dirs: ["/usr"],
      etc: ["/etc/passwd"],
      tmp_mb: 1,
      memory_mb: 2,
      processes: 3,
      cpu_sec: 4,
      file_mb: 5,
      open_files: 6,
      timeout_sec: 7,
      run_as: "builder",
    },
    sandbox_profiles: { big: { memory_mb: 9 } },
    sandbox_by_policy: { build: "big" },
  });
});

Deno.test("loadConfig() takes a file of comments for nothing", async () => {
  assert.deepEqual(await load("# nothing yet\n\n  # at all"), {});
});

const REFUSED: [text: string, code: ErrorCode, why: RegExp][] = [
  ["stat_dir: /x", "CONFIG_INVALID", /unknown key "stat_dir"/],
  ["sandbox:\n  ram: 1", "CONFIG_INVALID", /\/sandbox: unknown key "ram"/],
  ["state_dir: relative", "CONFIG_INVALID", /\/state_dir: .*absolute path/],
  ["mode: open", "CONFIG_INVALID", /"local" or "hardened"/],
  ["policies: [abc]", "CONFIG_INVALID", /\/policies\/0: .*64 hex digits/],
  ["policies: {ci: abc}", "CONFIG_INVALID", /\/policies\/ci: .*64 hex digits/],
  ["policies: none", "CONFIG_INVALID", /\/policies: found "none"/],
  ["log: maybe", "CONFIG_INVALID", /"required" or "off"/],
  ["signing: [a]", "CONFIG_INVALID", /\/signing: found a list/],
  ["signing: {key_id: ''}", "CONFIG_INVALID", /not empty/],
  ["sandbox: {processes: 0}", "CONFIG_INVALID", /from 1 to/],
  ["sandbox: {processes: '3'}", "CONFIG_INVALID", /found "3"/],
  ["sandbox: {path: [bin]}", "CONFIG_INVALID", /\/sandbox\/path\/0/],
  ["sandbox: {run_as: 5}", "CONFIG_INVALID", /run_as: .*user name/],
  ["sandbox: {run_as: ''}", "CONFIG_INVALID", /run_as: .*user name/],
  ["sandbox: {run_as: '1:-1'}", "CONFIG_INVALID", /run_as: .*user name/],
  ["sandbox: {run_as: 'a b'}", "CONFIG_INVALID", /run_as: .*user name/],
  ["sandbox: {timeout_sec: 0}", "CONFIG_INVALID", /from 1 to 86400/],
  ["sandbox_profiles: [a]", "CONFIG_INVALID", /found a list/],
  [
    "sandbox_profiles: {a: {ram: 1}}",
    "CONFIG_INVALID",
    /_profiles\/a: unknown/,
  ],
  ["sandbox_profiles: {a@b: {}}", "CONFIG_INVALID", /cannot be called "a@b"/],
  ["sandbox_profiles: {.a: {}}", "CONFIG_INVALID", /cannot be called "\.a"/],
  ["sandbox_profiles: {default: {}}", "CONFIG_INVALID", /"default": .*none of/],
  ["sandbox_profiles: {none: {}}", "CONFIG_INVALID", /cannot be called "none"/],
  ["sandbox_by_policy: {p: 1}", "CONFIG_INVALID", /_policy\/p: found 1/],
  [
    "sandbox_by_policy: {p: big}",
    "CONFIG_INVALID",
    /_policy\/p: there is no sandbox profile "big"; .* has none$/,
  ],
  [
    "sandbox_profiles: {big: {}}\nsandbox_by_policy: {p: constructor}",
    "CONFIG_INVALID",
    /no sandbox profile "constructor"; .* has "big"$/,
  ],
  ["retention: {max_mb: 0}", "CONFIG_INVALID", /max_mb: found 0/],
  ["retention: {days: 1}", "CONFIG_INVALID", /unknown key "days"/],
  ["log: off", "INPUT_MALFORMED", /quote|off/],
  ["log: required\nlog: required", "INPUT_MALFORMED", /./],
];
for (const [text, code, why] of REFUSED) {
  Deno.test(`loadConfig() refuses ${JSON.stringify(text)}`, async () => {
    await assert.rejects(
      load(text),
      (error) =>
        isCscError(error) && error.code === code && why.test(error.message),
    );
  });
}

for (const who of ["nobody", "keep-root", "1000:1000", "www-data"]) {
  Deno.test(`loadConfig() lets commands run as ${who}`, async () => {
    const config = await load(`sandbox: {run_as: "${who}"}`);
    assert.equal(sandboxProfile(config.sandbox ?? {}).runAs, who);
  });
}

for (const mode of [0o620, 0o602]) {
  Deno.test(`loadConfig() refuses a file of mode ${mode.toString(8)}`, async () => {
    await assert.rejects(
      load("log: required", mode),
      (error) => isCscError(error) && error.code === "CONFIG_INVALID",
    );
  });
}

Deno.test("loadConfig() refuses the file of another user", {
  ignore: UID !== 0,
}, async () => {
  const path = file("log: required");
  Deno.chownSync(path, 4242, 4242);
  await assert.rejects(
    loadConfig({ named: path, uid: UID, env: () => undefined, flags }),
    (error) => isCscError(error) && /belongs to user 4242/.test(error.message),
  );
});

Deno.test("loadConfig() misses a file that was named", async () => {
  await assert.rejects(
    loadConfig({
      named: "/nonexistent/c.yaml",
      uid: UID,
      env: () => undefined,
      flags,
    }),
    (error) => isCscError(error) && error.code === "INPUT_UNREADABLE",
  );
});

Deno.test("loadConfig() merges the user's file over the machine's", async () => {
  const home = tempPlace();
  Deno.mkdirSync(`${home}/.config/csc`, { recursive: true });
  const own = `${home}/.config/csc/config.yaml`;
  Deno.writeTextFileSync(own, "signing: {key_id: mine}\n", { mode: 0o600 });
  const text = "log: required\nsigning: {key: /k, key_id: theirs}\n";
  const system = { path: file(text), owner: UID };
  const env = (name: string) => name === "HOME" ? home : undefined;
  assert.deepEqual(
    await loadConfig({ named: undefined, uid: UID, env, flags, system }),
    {
      log: "required",
      signing: { key: "/k", key_id: "mine" },
    },
  );
});

Deno.test("loadConfig() is content with no file at all", async () => {
  const env = () => "/nonexistent";
  const system = { path: "/nonexistent/config.yaml", owner: UID };
  assert.deepEqual(
    await loadConfig({ named: undefined, uid: UID, env, flags, system }),
    {},
  );
});

Deno.test("mergeConfig() invents no member", () => {
  assert.deepEqual(mergeConfig({}, { log: "off" }), { log: "off" });
});

Deno.test("sandboxProfile() replaces what is configured, and its name", () => {
  assert.equal(sandboxProfile({}), DEFAULT_PROFILE);
  const profile = sandboxProfile({ memory_mb: 2, path: ["/opt/bin"] });
  assert.deepEqual(profile, {
    ...DEFAULT_PROFILE,
    name: "configured",
    path: ["/opt/bin"],
    memoryBytes: 2 * 1024 * 1024,
  });
});

Deno.test("sandboxProfileFor() goes by the policy's name, and says which it is", () => {
  const settings = {
    sandbox: { memory_mb: 2, processes: 3 },
    sandbox_profiles: { big: { memory_mb: 9 }, small: {} },
    sandbox_by_policy: { build: "big", look: "small" },
  };
  const usual = sandboxProfile(settings.sandbox);
  assert.deepEqual(sandboxProfileFor(settings, "build"), {
    ...usual,
    name: "big",
    memoryBytes: 9 * 1024 * 1024,
  });
  assert.deepEqual(
    sandboxProfileFor(settings, "look"),
    { ...usual, name: "small" },
  );
  for (const other of ["other", "constructor", "__proto__"]) {
    assert.deepEqual(sandboxProfileFor(settings, other), usual);
  }
  assert.equal(sandboxProfileFor({}, "build"), DEFAULT_PROFILE);
});

Deno.test("mergeConfig() lays sandbox profiles over those of the same name", () => {
  assert.deepEqual(
    mergeConfig({
      sandbox_profiles: { a: { memory_mb: 1, processes: 2 }, b: {} },
      sandbox_by_policy: { p: "a", q: "a" },
    }, {
      sandbox_profiles: { a: { processes: 3 }, c: { cpu_sec: 4 } },
      sandbox_by_policy: { q: "c" },
    }),
    {
      sandbox_profiles: {
        a: { memory_mb: 1, processes: 3 },
        b: {},
        c: { cpu_sec: 4 },
      },
      sandbox_by_policy: { p: "a", q: "c" },
    },
  );
});

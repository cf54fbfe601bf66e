/** Where each setting comes from. */
import assert from "node:assert/strict";
import { loadConfig } from "../../../src/config/find.ts";
import {
  effectiveConfig,
  type EffectiveSetting,
} from "../../../src/config/origins.ts";
import { DEFAULT_PROFILE } from "../../../src/plan/sandbox_profile.ts";
import { sandboxProfile } from "../../../src/config/sandbox.ts";
import { type Places, places, type Said } from "./places.ts";

const A = "a".repeat(64);
const B = "b".repeat(64);

async function shown(said: Said): Promise<[Places, EffectiveSetting[]]> {
  const sources = places(said);
  const { settings } = await effectiveConfig(sources, { stateDir: "/own" });
  return [sources, [...settings]];
}

/** `PATH = VALUE from ORIGIN` of one setting, files by their kind. */
function line([sources, settings]: [Places, EffectiveSetting[]], path: string) {
  const found = settings.find((one) => one.path.join("/") === path);
  if (found === undefined) return undefined;
  const from = found.origins.map((origin) =>
    origin.kind === "file"
      ? `${
        (["machine", "user", "named"] as const)
          .find((kind) => sources.pathOf(kind) === origin.path)
      }:${origin.line}`
      : origin.kind === "flag"
      ? origin.flag
      : "default"
  ).join("+");
  const lock = found.locked ? " locked" : "";
  return `${JSON.stringify(found.value)} from ${from}${lock}`;
}

const MACHINE = `# the machine's
mode: hardened
log: required
signing:
  key: /etc/k
  key_id: machine
sandbox: {memory_mb: 8, processes: 9}
sandbox_profiles:
  big: {memory_mb: 64, cpu_sec: 5}
`;
const USER = `signing:
  key_id: user
sandbox:
  processes:
    10
sandbox_profiles: {big: {cpu_sec: 6}}
`;

Deno.test("effectiveConfig() names flag, file and line, or the default", async () => {
  const all = await shown({
    machine: MACHINE,
    user: USER,
    flags: { "--mode": "local", "--no-log": "" },
  });
  const expected: Record<string, string> = {
    "mode": '"local" from --mode',
    "log": '"off" from --no-log',
    "state_dir": '"/own" from default',
    "signing/key": '"/etc/k" from machine:5',
    "signing/key_id": '"user" from user:2',
    "sandbox/memory_mb": "8 from machine:7",
    "sandbox/processes": "10 from user:4",
    "sandbox/cpu_sec": "300 from default",
    "sandbox_profiles/big/memory_mb": "64 from machine:9",
    "sandbox_profiles/big/cpu_sec": "6 from user:6",
  };
  for (const [path, text] of Object.entries(expected)) {
    assert.equal(line(all, path), text, path);
  }
});

Deno.test("effectiveConfig() says what is locked, and takes no more of the machine beside a named file", async () => {
  const machine = `${MACHINE}locked: [mode, signing]\n`;
  const all = await shown({ machine, named: "log: required\n" });
  assert.equal(line(all, "mode"), '"hardened" from machine:2 locked');
  assert.equal(line(all, "signing/key"), '"/etc/k" from machine:5 locked');
  assert.equal(line(all, "log"), '"required" from named:1');
  assert.equal(line(all, "sandbox/memory_mb"), "1024 from default");
  assert.equal(line(all, "sandbox_profiles/big/cpu_sec"), undefined);
});

Deno.test("effectiveConfig() knows that a lock on the sandbox covers who gets which", async () => {
  const machine = "sandbox_profiles: {a: {cpu_sec: 1}}\n" +
    "sandbox_by_policy: {p: a}\nlocked: [sandbox]\n";
  const all = await shown({ machine });
  assert.equal(line(all, "sandbox_by_policy/p"), '"a" from machine:2 locked');
  assert.equal(line(all, "sandbox/cpu_sec"), "300 from default locked");
});

Deno.test("effectiveConfig() shows the policies that every file accepts", async () => {
  const all = await shown({
    machine: `policies: {one: ${A.toUpperCase()}, two: ${B}}\n`,
    user: `mode: local\npolicies: [${A}]\n`,
  });
  const text = JSON.stringify([A]);
  assert.equal(line(all, "policies"), `${text} from user:2+machine:1 locked`);
  assert.equal(line(await shown({}), "policies"), undefined);
});

Deno.test("effectiveConfig() says what runs get, and refuses what they refuse", async () => {
  const [, settings] = await shown({});
  const sandbox = Object.fromEntries(
    settings.filter(({ path }) => path[0] === "sandbox")
      .map(({ path, value }) => [path[1], value]),
  );
  assert.deepEqual(sandboxProfile(sandbox), {
    ...DEFAULT_PROFILE,
    name: "configured",
  });
  const said = {
    machine: "mode: local\nlocked: [mode]\n",
    flags: { "--mode": "hardened" },
  };
  await assert.rejects(loadConfig(places(said)), { code: "CONFIG_LOCKED" });
  await assert.rejects(shown(said), { code: "CONFIG_LOCKED" });
});

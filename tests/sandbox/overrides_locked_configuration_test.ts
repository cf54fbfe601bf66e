/**
 * The machine's configuration lies in /etc, so csc is called in a mount
 * namespace of its own with another /etc; a user gets one in a user namespace.
 */
import assert from "node:assert/strict";
import { attackTest, skipSecurityTest } from "./harness.ts";
import type { Place } from "./place.ts";
import type { Finished } from "./running.ts";

const RAN = "it ran\n";

/** Mounts $1 over /etc and goes on with the rest. */
const OTHER_ETC = 'mount --bind "$1" /etc && shift && exec "$@"';

/** Calls csc as on a machine whose configuration says this. */
async function callOn(
  place: Place,
  config: string,
  argv: readonly string[],
  env: Record<string, string> = {},
): Promise<Finished> {
  const etc = `${place.root}/etc`;
  await Deno.remove(etc, { recursive: true }).catch(() => {});
  await place.mkdir(etc);
  for (const name of ["passwd", "group", "nsswitch.conf", "ld.so.cache"]) {
    await place.file(`${etc}/${name}`, "");
    await Deno.copyFile(`/etc/${name}`, `${etc}/${name}`);
  }
  await place.mkdir(`${etc}/csc`);
  await place.file(`${etc}/csc/config.yaml`, config);
  const flags = place.caller.name === "root" ? ["-m"] : ["-rm"];
  const wrap = (words: readonly string[]) => [
    ...["unshare", ...flags, "/bin/sh", "-c", OTHER_ETC, "sh", etc],
    ...words,
  ];
  return await place.bare(argv, { wrap, env });
}

/** Contract and policy of a command that prints, and the flags that it needs. */
async function prepare(place: Place) {
  const call = await place.prepare(["/bin/echo", "it ran"]);
  const key = `${place.private}/test.key`;
  const words = [
    ...call.argv.slice(0, 4),
    ...["--receipt-out", call.receiptPath, "--quiet"],
  ];
  const state = ["--state-dir", `${place.private}/state`];
  const probe = await callOn(place, "", ["/bin/true"]);
  if (probe.code !== 0) {
    skipSecurityTest(`no mount namespace can be had: ${probe.stderr}`);
  }
  return { ...call, words, state, key };
}

async function receiptOf(path: string): Promise<Record<string, unknown>> {
  return JSON.parse(await Deno.readTextFile(path));
}

attackTest(
  "no flag and no file of the caller's overrides what the machine locks",
  async (place) => {
    const { words, state, key, receiptPath } = await prepare(place);
    const machine = `
mode: local
state_dir: ${place.private}/state
log: required
signing: {key: ${key}, key_id: machine}
sandbox: {memory_mb: 64}
`;
    const all = "[mode, state_dir, log, signing, sandbox]";
    const own = `state_dir: ${place.private}/state\n`;
    const other = await place.file(
      `${place.private}/own.yaml`,
      own,
    );
    await place.mkdir(`${place.private}/xdg`);
    await place.mkdir(`${place.private}/xdg/csc`);
    await place.file(`${place.private}/xdg/csc/config.yaml`, own);
    const xdg = { XDG_CONFIG_HOME: `${place.private}/xdg` };
    const tries: [
      what: RegExp,
      flags: string[],
      env: Record<string, string>,
    ][] = [
      [/flag "--state-dir": .* locks "state_dir"/, [
        ...state.slice(0, 1),
        `${place.private}/other`,
      ], {}],
      [/flag "--no-log": .* locks "log"/, ["--no-log"], {}],
      [/flag "--key-id": .* locks "signing"/, ["--key-id", "mine"], {}],
      [
        /own\.yaml": use \/state_dir: .* locks "state_dir"/,
        ["--config", other],
        {},
      ],
      [/xdg\/csc\/config\.yaml": use \/state_dir: .* locks/, [], xdg],
    ];
    for (const [what, flags, env] of tries) {
      const argv = [...words, ...flags];
      const bare = await callOn(place, machine, argv, env);
      assert.deepEqual([bare.code, bare.stdout], [0, RAN], bare.stderr);
      await Deno.remove(receiptPath);

      const locked = `${machine}locked: ${all}\n`;
      const refused = await callOn(place, locked, argv, env);
      assert.deepEqual([refused.code, refused.stdout], [1, ""]);
      assert.match(refused.stderr, what);
      assert.match(refused.stderr, /\/etc\/csc\/config\.yaml/);
      await assert.rejects(Deno.stat(receiptPath), Deno.errors.NotFound);
    }
    const ran = await callOn(place, `${machine}locked: ${all}\n`, words);
    assert.deepEqual([ran.code, ran.stdout], [0, RAN], ran.stderr);
    assert.equal((await receiptOf(receiptPath))["signing_key_id"], "machine");
  },
  { cscOnly: "has no such configuration" },
);

attackTest(
  "local mode can be forbidden, and other configurations with it",
  async (place) => {
    const { words, state } = await prepare(place);
    const argv = [...words, ...state];
    const bare = await callOn(place, "mode: local\n", argv);
    assert.deepEqual([bare.code, bare.stdout], [0, RAN], bare.stderr);
    const machine = "mode: hardened\nlocked: [mode, config]\n";
    for (
      const [flags, what] of [
        [["--mode", "local"], /flag "--mode": .* locks "mode"/],
        [["--config", "/dev/null"], /flag "--config": .* locks "config"/],
        [[], /hardened mode signs every receipt/],
      ] as const
    ) {
      const refused = await callOn(place, machine, [...argv, ...flags]);
      assert.deepEqual([refused.code, refused.stdout], [1, ""]);
      assert.match(refused.stderr, what);
    }
  },
  { cscOnly: "has no such configuration" },
);

attackTest(
  "a policy that the machine does not accept runs nothing, and a receipt says so",
  async (place) => {
    const { words, state, policyPath, contractPath, receiptPath } =
      await prepare(place);
    const argv = [...words, ...state];
    const check = [...words.slice(0, 1), "check", contractPath, policyPath];
    const { stdout } = await place.bare(check);
    const digest = /^policy: .* sha256 ([0-9a-f]{64})$/m.exec(stdout)?.[1];
    const machine = `policies:\n  ci: ${digest}\n`;
    const accepted = await callOn(place, machine, check);
    assert.equal(accepted.code, 0, accepted.stderr);
    const ran = await callOn(place, machine, argv);
    assert.deepEqual([ran.code, ran.stdout], [0, RAN], ran.stderr);

    const policy = await receiptOf(policyPath);
    await place.file(
      policyPath,
      JSON.stringify({ ...policy, max_timeout_sec: 59 }),
    );
    const bare = await callOn(place, "", argv);
    assert.deepEqual([bare.code, bare.stdout], [0, RAN], bare.stderr);
    const own = await place.file(`${place.private}/own.yaml`, "mode: local\n");
    for (const flags of [[], ["--config", own]]) {
      const refused = await callOn(place, machine, [...argv, ...flags]);
      assert.deepEqual([refused.code, refused.stdout], [1, ""]);
      assert.match(
        refused.stderr,
        /use policy "sandbox-tests": its sha256 .* "\/etc\/csc\/config\.yaml" accepts/,
      );
      const receipt = await receiptOf(receiptPath);
      assert.equal(receipt["status"], "blocked");
      assert.match(String(receipt["error"]), /none of those/);
    }
    const checked = await callOn(place, machine, check);
    assert.deepEqual([checked.code, checked.stdout], [1, ""]);
    assert.match(checked.stderr, /none of those/);
  },
  { cscOnly: "has no such configuration" },
);

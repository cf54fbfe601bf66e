/** What csc init makes and keeps. */
import assert from "node:assert/strict";
import {
  policyFrom,
  TEMPLATE_NAMES,
} from "../../../src/cli/init/policy_template.ts";
import { parsePolicy } from "../../../src/protocol/policy.ts";
import { speak } from "./fakes.ts";
import { home, snapshot } from "./init_home.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

Deno.test("every policy that comes with csc can be a template", () => {
  const files = [
    ...Deno.readDirSync(new URL("../../../policies", import.meta.url)),
  ]
    .flatMap(({ name }) => name.endsWith(".yaml") ? [name.slice(0, -5)] : []);
  assert.deepEqual(TEMPLATE_NAMES, files.sort());
});

const DIRECTORIES = [
  "/srv/job",
  '/srv/a "b"\\c',
  "/srv/nö: [x]# \u202e",
  "/$&",
];
for (const name of TEMPLATE_NAMES) {
  Deno.test(`policyFrom() makes ${name} fit a directory, and nothing else`, async () => {
    const original = Deno.readTextFileSync(
      new URL(`../../../policies/${name}.yaml`, import.meta.url),
    );
    const { policy: base } = await parsePolicy(utf8(original), "original");
    for (const directory of DIRECTORIES) {
      const text = policyFrom(name, directory);
      const { policy } = await parsePolicy(utf8(text), "made");
      const moved = JSON.parse(
        JSON.stringify(base),
        (_, value) =>
          typeof value === "string" && value.startsWith("/workspace")
            ? directory + value.slice("/workspace".length)
            : value,
      );
      assert.deepEqual(policy, moved);
      assert.notDeepEqual(policy, base);
      assert.doesNotMatch(text, /digest equal those/);
    }
  });
}

Deno.test("csc init makes key, trusted key, policy and a configuration that names them", async () => {
  const { init, base, work, config } = home();
  const { code, err, out } = await init(work, "--key-id", "me", "--json");
  assert.deepEqual([code, err], [0, ""]);
  const modes = Object.fromEntries(
    Object.entries(snapshot(base)).map(([path, text]) => [
      path.slice(base.length),
      text.split(" ")[0],
    ]),
  );
  assert.deepEqual(modes, {
    "/config.yaml": "600",
    "/keys": "700",
    "/keys/me.key": "600",
    "/trust": "700",
    "/trust/me.pub": "644",
    "/policies": "700",
    "/policies/dev-readonly.yaml": "644",
  });
  assert.deepEqual(await config(), {
    mode: "hardened",
    signing: { key: `${base}/keys/me.key`, key_id: "me" },
    trust_store: `${base}/trust`,
  });
  const report = JSON.parse(out);
  assert.equal(report.key_id, "me");
  assert.ok(report.files.every(({ made }: { made: boolean }) => made));
  assert.equal(report.policy.for, work);
});

Deno.test("csc init keeps everything that is there, and says so", async () => {
  const { init, base, work } = home();
  await init(work);
  const before = snapshot(base);
  const again = await init(work, "--json");
  assert.equal(again.code, 0, again.err);
  assert.deepEqual(snapshot(base), before);
  const { files } = JSON.parse(again.out);
  assert.equal(files.length, 4);
  assert.ok(files.every(({ made }: { made: boolean }) => !made));
});

const PARTS = ["trust", "policies", "config.yaml"];
for (const part of PARTS) {
  Deno.test(`csc init makes ${part} again where it is missing, with the same key`, async () => {
    const { init, base, work } = home();
    await init(work, "--key-id", "me");
    const before = snapshot(base);
    Deno.removeSync(`${base}/${part}`, { recursive: true });
    const again = await init(work);
    assert.equal(again.code, 0, again.err);
    assert.deepEqual(snapshot(base), before);
    assert.match(again.out, /kept: .*me\.key/);
  });
}

Deno.test("csc init never changes a configuration, and says what to add to it", async () => {
  const { init, base, work } = home();
  Deno.mkdirSync(base, { recursive: true, mode: 0o700 });
  const own = "log: required\n";
  Deno.writeTextFileSync(`${base}/config.yaml`, own, { mode: 0o600 });
  const { code, out } = await init(work, "--key-id", "me");
  assert.equal(code, 0);
  assert.equal(Deno.readTextFileSync(`${base}/config.yaml`), own);
  const [, addition = ""] = /names no key; add (.*)\n/.exec(out) ?? [];
  Deno.writeTextFileSync(`${base}/config.yaml`, `${own}${addition}\n`);
  assert.match((await init(work)).out, /kept: .*keys\/me\.key/);
  assert.doesNotMatch((await init(work)).out, /names no key/);
  // What no configuration names, flags must.
  assert.match(out, /csc exec .*--signing-key \S*me\.key --key-id me/);
  assert.match(out, /csc verify-receipt .*--public-key \S*me\.pub/);
});

Deno.test("csc init says that a policy that it kept is for another directory", async () => {
  const { init, work, root } = home();
  await init(work);
  Deno.mkdirSync(`${root}/other`);
  assert.match(
    (await init(`${root}/other`)).out,
    /note: the policy that was kept does not allow work in ".*other"/,
  );
});

Deno.test("csc init uses the key that the configuration names", async () => {
  const { init, base, work, root } = home();
  await speak(["keygen", "--out", root, "--key-id", "mine"]);
  Deno.mkdirSync(base, { recursive: true, mode: 0o700 });
  const text = `signing: {key: ${root}/mine.key, key_id: prod}\n`;
  Deno.writeTextFileSync(`${base}/config.yaml`, text, { mode: 0o600 });
  const { out } = await init(work);
  assert.match(out, /\nkey id: prod\n/);
  assert.equal(
    Deno.readTextFileSync(`${base}/trust/prod.pub`),
    Deno.readTextFileSync(`${root}/mine.pub`),
  );
  assert.throws(() => Deno.statSync(`${base}/keys`), Deno.errors.NotFound);
  const other = await init(work, "--key-id", "test");
  assert.equal(other.code, 64);
  assert.match(other.err, /"test" is asked for, but ".*" names "prod"/);
});

/**
 * csc init for a user and for the machine: the commands that it tells to run
 * next are run, to the letter.
 */
import assert from "node:assert/strict";
import { tempPlace } from "../unit/run/temp_place.ts";

const DIST = new URL("../../dist", import.meta.url).pathname;
const ROOT = Deno.uid() === 0;
const NOBODY = "65534";

interface Report {
  readonly directory: string;
  readonly files: readonly { readonly path: string; readonly made: boolean }[];
  readonly notes: readonly string[];
  readonly next: readonly string[];
}

/** Runs a script in a home of its own, as this user or as another. */
function play(home: string, script: string, by: readonly string[] = []) {
  const [program, ...args] = [...by, "/bin/sh", "-euc", script];
  const { code, stdout, stderr } = new Deno.Command(program!, {
    args,
    cwd: `${home}/work`,
    clearEnv: true,
    env: { PATH: `${DIST}:/usr/sbin:/usr/bin:/sbin:/bin`, HOME: home },
    stdin: "null",
  }).outputSync();
  const [out, err] = [stdout, stderr].map((b) => new TextDecoder().decode(b));
  return { code, out: out!, err: err! };
}

function newHome(): string {
  const home = tempPlace();
  Deno.mkdirSync(`${home}/work`);
  Deno.writeTextFileSync(`${home}/work/it's here`, "");
  return home;
}

/** As whom sessions are played: everybody sets up as they are. */
const CALLERS: readonly [who: string, by: readonly string[]][] = ROOT
  ? [["root", []], [
    "a user",
    ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"],
  ]]
  : [["a user", []]];

for (const [who, by] of CALLERS) {
  for (const template of ["dev-readonly", "regulated-restricted"]) {
    Deno.test(`what csc init says to do next works, for ${who}, with ${template}`, () => {
      const home = newHome();
      if (by.length > 0) {
        for (const path of ["", "/work"]) {
          Deno.chownSync(home + path, Number(NOBODY), Number(NOBODY));
        }
      }
      const words = `csc init --json --policy-template ${template}`;
      const made = play(home, words, by);
      assert.equal(made.code, 0, made.err);
      const { next, notes, files }: Report = JSON.parse(made.out);
      assert.deepEqual(notes, []);
      for (const { path } of files) assert.ok(path.startsWith(`${home}/.conf`));
      assert.ok(next.length >= 4);
      const { code, out, err } = play(home, next.join("\n"), by);
      assert.equal(code, 0, out + err);
      assert.match(out, /hardened runs work here/);
      if (template === "dev-readonly") assert.match(out, /\nit's here\n/);
      assert.match(out, /\nvalid: the signature by key "csc-[0-9a-f]{12}" is /);
      const receipt = JSON.parse(
        Deno.readTextFileSync(`${home}/work/receipt.json`),
      );
      assert.equal(receipt.execution_mode, "hardened");
    });
  }
}

/** Goes on in a mount namespace with another /etc, as root of it. */
const OTHER_ETC = [
  ...["unshare", ...(ROOT ? ["-m"] : ["-rm"]), "/bin/sh", "-euc"],
  'mkdir etc; for name in passwd group; do cp "/etc/$name" etc; done;' +
  ' mount --bind etc /etc; exec "$@"',
  "sh",
];

Deno.test("csc init --system sets up the machine, and lets everybody read how", () => {
  const home = newHome();
  // Files of the machine are made for everybody, whatever the umask.
  const script = `
umask 077; mkdir work; csc init work --system --key-id ci
stat -c '%a %n' /etc/csc /etc/csc/*
csc config check
csc config show --origin | grep '^ *key'
sed -i 's/^# *policies/policies/; s/^#   dev/  dev/; s/^# locked/locked/' \\
  /etc/csc/config.yaml
csc config check
csc exec --mode local --no-log --receipt-out r.json -- ls`;
  const { code, out, err } = play(home, script, OTHER_ETC);
  assert.equal(code, 125, out + err);
  assert.match(out, /^made: \/etc\/csc\/keys\/ci\.key \(private key\)\n/);
  assert.match(out, /\nnote: only root can sign with this key/);
  for (
    const line of [
      "755 /etc/csc",
      "644 /etc/csc/config.yaml",
      "700 /etc/csc/keys",
      "755 /etc/csc/policies",
      "755 /etc/csc/trust",
      "  key: /etc/csc/keys/ci.key  # /etc/csc/config.yaml:4",
    ]
  ) assert.ok(out.includes(`\n${line}\n`), `${line}\n${out}`);
  // What stands there as a comment is a configuration that holds.
  assert.equal(out.match(/\/etc\/csc\/config\.yaml: ok\n/g)?.length, 2, out);
  assert.match(err, /use flag "--mode": "\/etc\/csc\/config\.yaml" locks/);
});

/** What csc init refuses, before it has changed anything. */
import assert from "node:assert/strict";
import { speak } from "./fakes.ts";
import { home, snapshot } from "./init_home.ts";

type Home = ReturnType<typeof home>;
const REFUSED: readonly [
  what: string,
  spoil: (place: Home) => void | Promise<unknown>,
  words: (place: Home) => string[],
  code: number,
  why: RegExp,
][] = [
  [
    "an unknown template",
    () => {},
    ({ work }) => [
      work,
      "--policy-template=dev-readonli",
    ],
    64,
    /no policy template "dev-readonli"; did you mean "dev-readonly"/,
  ],
  [
    "a directory that is not there",
    () => {},
    ({ work }) => [`${work}/no`],
    1,
    /prepare a policy for ".*no": it does not exist/,
  ],
  [
    "a file for a directory",
    ({ work }) => {
      Deno.writeTextFileSync(`${work}/f`, "");
    },
    ({ work }) => [`${work}/f`],
    1,
    /it is no directory/,
  ],
  [
    "a directory that no scope can name",
    ({ work }) => {
      Deno.mkdirSync(`${work}/a*`);
    },
    ({ work }) => [`${work}/a*`],
    1,
    /a scope cannot name it/,
  ],
  [
    "the directory of its own files",
    () => {},
    ({ root }) => [root],
    1,
    /it holds csc's own files/,
  ],
  [
    "a link to that",
    ({ root, work }) => {
      Deno.symlinkSync(root, `${work}/link`);
    },
    ({ work }) => [`${work}/link`],
    1,
    /it holds csc's own files/,
  ],
  [
    "a place that others may write",
    ({ base }) => {
      Deno.mkdirSync(base, { recursive: true });
      Deno.chmodSync(base, 0o777);
    },
    ({ work }) => [work],
    1,
    /set up ".*csc": its group or everybody may/,
  ],
  [
    "keys that others may exchange",
    ({ base }) => {
      Deno.mkdirSync(`${base}/keys`, { recursive: true, mode: 0o700 });
      Deno.chmodSync(`${base}/keys`, 0o770);
    },
    ({ work }) => [work],
    1,
    /set up ".*keys": its group/,
  ],
  [
    "a file where a directory goes",
    ({ base }) => {
      Deno.mkdirSync(base, { recursive: true, mode: 0o700 });
      Deno.writeTextFileSync(`${base}/trust`, "");
    },
    ({ work }) => [work],
    1,
    /set up ".*trust": it is no directory/,
  ],
  [
    "a configuration that is none",
    ({ base }) => {
      Deno.mkdirSync(base, { recursive: true, mode: 0o700 });
      Deno.writeTextFileSync(`${base}/config.yaml`, "sign: me\n", {
        mode: 0o600,
      });
    },
    ({ work }) => [work],
    1,
    /unknown key "sign"/,
  ],
  [
    "a key that is named and not there",
    ({ base }) => {
      Deno.mkdirSync(base, { recursive: true, mode: 0o700 });
      const text = "signing: {key: /no/such.key, key_id: k}\n";
      Deno.writeTextFileSync(`${base}/config.yaml`, text, { mode: 0o600 });
    },
    ({ work }) => [work],
    1,
    /read private key "\/no\/such\.key": it does not/,
  ],
  [
    "several keys",
    async ({ base }) => {
      await speak(["keygen", "--out", `${base}/keys`, "--key-id", "a"]);
      await speak(["keygen", "--out", `${base}/keys`, "--key-id", "b"]);
    },
    ({ work }) => [work],
    64,
    /several keys: choose one .* "a" or "b"/,
  ],
  [
    "another key of the same name in the trust store",
    async ({ base }) => {
      await speak(["keygen", "--out", `${base}/keys`, "--key-id", "a"]);
      await speak(["keygen", "--out", `${base}/trust`, "--key-id", "a"]);
      Deno.removeSync(`${base}/trust/a.key`);
    },
    ({ work }) => [work],
    1,
    /"a": ".*a\.pub" is not the public half of/,
  ],
  [
    "a key id that leads elsewhere",
    () => {},
    ({ work }) => [
      work,
      "--key-id=../k",
    ],
    64,
    /cannot be a file name/,
  ],
  [
    "a policy that is none",
    ({ base }) => {
      Deno.mkdirSync(`${base}/policies`, { recursive: true, mode: 0o700 });
      Deno.chmodSync(base, 0o700);
      Deno.writeTextFileSync(`${base}/policies/dev-readonly.yaml`, "x: 1\n");
    },
    ({ work }) => [work],
    1,
    /dev-readonly\.yaml"/,
  ],
];
for (const [what, spoil, words, code, why] of REFUSED) {
  Deno.test(`csc init refuses ${what}, and changes nothing`, async () => {
    const place = home();
    await spoil(place);
    const before = snapshot(place.root);
    const ended = await place.init(...words(place));
    assert.deepEqual([ended.code, ended.out], [code, ""], ended.err);
    assert.match(ended.err, why);
    assert.match(ended.err, /\nhint: /);
    assert.deepEqual(snapshot(place.root), before);
  });
}

Deno.test("csc init needs a place", async () => {
  const { work } = home();
  const ended = await speak(["init", work], {}, { env: () => undefined });
  assert.equal(ended.code, 1);
  assert.match(ended.err, /neither XDG_CONFIG_HOME nor HOME names one/);
});

Deno.test("csc init --system is for root", async () => {
  const { work } = home();
  const ended = await speak(["init", work, "--system"], {}, {
    uid: () => 1000,
  });
  assert.equal(ended.code, 1);
  assert.match(ended.err, /^csc: set up "\/etc\/csc": only root may\nhint: /);
});

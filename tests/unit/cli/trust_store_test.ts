/** Which keys verify-receipt trusts where no flag names one. */
import assert from "node:assert/strict";
import { openTrustStore } from "../../../src/cli/trust_store.ts";
import { utf8 } from "../../../src/core/bytes.ts";
import { generateKeyPair } from "../../../src/sign/file_signer.ts";
import { command, contractBytes, POLICY } from "../run/fakes.ts";
import { tempPlace } from "../run/temp_place.ts";
import { speak } from "./fakes.ts";

const UID = Deno.uid() ?? 0;
const RANDOM = {
  bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
};

/** A trust store with a key for each id; private halves lie beside it. */
async function store(...ids: string[]): Promise<string> {
  const place = tempPlace();
  const directory = `${place}/trust`;
  Deno.mkdirSync(directory, { mode: 0o755 });
  for (const id of ids) {
    const pair = await generateKeyPair(RANDOM);
    Deno.writeTextFileSync(`${directory}/${id}.pub`, pair.publicPem);
    Deno.chmodSync(`${directory}/${id}.pub`, 0o644);
    Deno.writeTextFileSync(`${place}/${id}.key`, pair.privatePem, {
      mode: 0o600,
    });
  }
  return directory;
}

Deno.test("openTrustStore() holds every key by the name of its file", async () => {
  const directory = await store("b", "a", "c.d");
  Deno.writeTextFileSync(`${directory}/README`, "about the keys");
  assert.deepEqual(openTrustStore(directory, UID).keyIds, ["a", "b", "c.d"]);
  assert.deepEqual(openTrustStore(directory, UID, "b").keyIds, ["b"]);
  assert.throws(() => openTrustStore(directory, UID, "x"), {
    code: "KEY_INVALID",
    message: /^trust key id "x": ".*" holds no key of that id$/,
  });
});

const BAD: [what: string, spoil: (directory: string) => void, why: RegExp][] = [
  ["a directory that others may write", (directory) => {
    Deno.chmodSync(directory, 0o777);
  }, /trust keys in ".*trust": its group or everybody may write it/],
  ["a key that others may write", (directory) => {
    Deno.chmodSync(`${directory}/a.pub`, 0o664);
  }, /trust keys in ".*a\.pub": its group or everybody/],
  ["a key that is none", (directory) => {
    Deno.writeTextFileSync(`${directory}/b.pub`, "hello");
  }, /cannot load public key ".*b\.pub"/],
  ["a directory for a key", (directory) => {
    Deno.mkdirSync(`${directory}/b.pub`);
  }, /trust keys in ".*b\.pub": it is no file/],
  ["a link that leads nowhere", (directory) => {
    Deno.symlinkSync("/no/such/key", `${directory}/b.pub`);
  }, /trust keys in ".*b\.pub": it does not exist/],
  ["a directory that is not there", (directory) => {
    Deno.removeSync(directory, { recursive: true });
  }, /trust keys in ".*trust": it does not exist/],
  ["a file for a directory", (directory) => {
    Deno.removeSync(directory, { recursive: true });
    Deno.writeTextFileSync(directory, "");
  }, /trust keys in ".*trust": it is no directory/],
];
for (const [what, spoil, message] of BAD) {
  Deno.test(`openTrustStore() refuses ${what}`, async () => {
    const directory = await store("a");
    openTrustStore(directory, UID);
    spoil(directory);
    assert.throws(() => openTrustStore(directory, UID), {
      code: "KEY_INVALID",
      message,
    });
  });
}

Deno.test("csc verify-receipt believes the keys of the trust store, and no others", async () => {
  const directory = await store("mine", "other");
  const place = directory.slice(0, -"/trust".length);
  const write = (name: string, bytes: Uint8Array) => {
    Deno.writeFileSync(`${place}/${name}`, bytes, { mode: 0o600 });
    return `${place}/${name}`;
  };
  const contract = write("c.json", contractBytes([command("one")]));
  const policy = write("p.json", utf8(JSON.stringify(POLICY)));
  const config = write("config.yaml", utf8(`trust_store: ${directory}\n`));
  const signed = await speak([
    ...["run", contract, policy, "--json", "--quiet"],
    ...["--signing-key", `${place}/mine.key`, "--key-id", "mine"],
  ]);
  const receipt = write("r.json", utf8(signed.out));
  const verify = (...flags: string[]) =>
    speak(["verify-receipt", receipt, "--config", config, ...flags]);
  const good = await verify();
  assert.deepEqual([good.code, good.err], [0, ""]);
  assert.match(good.out, /^valid: the signature by key "mine" is valid/);
  assert.equal((await verify("--key-id", "mine")).code, 0);
  assert.match(
    (await verify("--key-id", "other")).out,
    /^invalid: KEY_ID_UNKNOWN: .*trusted: "other"/,
  );
  Deno.renameSync(`${directory}/other.pub`, `${directory}/mine.pub`);
  assert.match((await verify()).out, /^invalid: SIGNATURE_INVALID: /);
  Deno.removeSync(`${directory}/mine.pub`);
  assert.match((await verify()).out, /^invalid: KEY_ID_UNKNOWN: /);
  const unset = write("none.yaml", utf8("log: required\n"));
  const none = await speak(["verify-receipt", receipt, "--config", unset]);
  assert.equal(none.code, 64);
  assert.match(none.err, /"--public-key" is missing, and no trust_store is/);
});

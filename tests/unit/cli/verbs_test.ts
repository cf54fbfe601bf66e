import assert from "node:assert/strict";
import { topicText } from "../../../src/cli/help.ts";
import { VERB_TEXTS } from "../../../src/cli/manual/verbs.ts";
import { VERBS } from "../../../src/cli/verbs.ts";
import { utf8 } from "../../../src/core/bytes.ts";
import {
  command,
  contractBytes,
  POLICY,
  refusal,
  result,
} from "../run/fakes.ts";
import { tempPlace } from "../run/temp_place.ts";
import { speak } from "./fakes.ts";

const DIR = tempPlace();
const POLICY_FILE = write("p.json", utf8(JSON.stringify(POLICY)));
const CONTRACT = write("c.json", contractBytes([command("one")]));
const HUMAN = write(
  "human.json",
  contractBytes([command("one")], { approval_mode: "human_required" }),
);
const DENIED = write(
  "denied.json",
  contractBytes([command("one")], { risk_class: "high" }),
);

function write(name: string, bytes: Uint8Array, mode = 0o600): string {
  Deno.writeFileSync(`${DIR}/${name}`, bytes, { mode });
  Deno.chmodSync(`${DIR}/${name}`, mode);
  return `${DIR}/${name}`;
}

const SEED = write("seed", new Uint8Array(32).fill(3));

const VERDICTS: [path: string, decision: string, code: number][] = [
  [CONTRACT, "allow", 0],
  [DENIED, "deny", 1],
  [HUMAN, "needs_approval", 2],
];
for (const [path, decision, code] of VERDICTS) {
  Deno.test(`csc check says ${decision} with exit code ${code}`, async () => {
    const plain = await speak(["check", path, POLICY_FILE]);
    assert.deepEqual([plain.code, plain.err], [code, ""]);
    assert.match(plain.out, new RegExp(`^decision: ${decision} `));
    const json = await speak(["check", path, POLICY_FILE, "--json"]);
    assert.equal(json.code, code);
    assert.equal(JSON.parse(json.out).decision, decision);
    assert.deepEqual(json.kept, ["read"]);
  });
}

Deno.test("csc check lists every finding about a broken contract", async () => {
  const path = write("broken.json", utf8(`{"version": "csc.v0.1"}`));
  const { code, out, err } = await speak(["check", path, POLICY_FILE]);
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /^csc: .*\n(\s{2}\/.*\n)+/);
  assert.match(err, /\n {2}\/commands: /);
});

Deno.test("csc check says what cannot be read, and why", async () => {
  const missing = await speak(["check", `${DIR}/none`, POLICY_FILE]);
  assert.equal(missing.code, 1);
  assert.match(missing.err, /read contract ".*none": it does not exist/);
  const folder = await speak(["check", CONTRACT, DIR]);
  assert.match(folder.err, /read policy ".*": it is a directory/);
  const big = write("big.json", new Uint8Array(1024 * 1024 + 1).fill(32));
  assert.match((await speak(["check", big, POLICY_FILE])).err, /limit/);
});

Deno.test("csc run says how it went on standard error only", async () => {
  const { code, out, err, settings, kept } = await speak([
    "run",
    CONTRACT,
    POLICY_FILE,
  ]);
  assert.deepEqual([code, out], [0, ""]);
  assert.match(err, /not confined/);
  assert.match(err, /csc: success, exit code 0, receipt ".*receipt.json"\n$/);
  assert.deepEqual(settings, {
    mode: "local",
    receiptPath: "./out/receipt.json",
    signer: null,
    keyPath: null,
    staged: false,
    stateDir: undefined,
    log: "required",
    sandbox: {},
    accepted: [],
  });
  assert.equal(kept, undefined);
});

Deno.test("csc run --json prints the receipt, --quiet keeps still", async () => {
  const words = ["run", CONTRACT, POLICY_FILE, "--json", "--quiet"];
  const { out, err } = await speak(words);
  assert.equal(JSON.parse(out).status, "success");
  assert.equal(err, "");
});

const OUTCOMES: [path: string, exitCode: number, code: number][] = [
  [CONTRACT, 3, 1],
  [DENIED, 0, 1],
  [HUMAN, 0, 2],
];
for (const [path, exitCode, code] of OUTCOMES) {
  Deno.test(`csc run exits ${code} for ${path.slice(DIR.length)}, ${exitCode}`, async () => {
    const script = { run: () => result(exitCode) };
    assert.equal((await speak(["run", path, POLICY_FILE], script)).code, code);
  });
}

Deno.test("csc run says why it blocked, even if quiet", async () => {
  const { code, err } = await speak(
    ["run", CONTRACT, POLICY_FILE, "--quiet"],
    {
      prepare: () => {
        throw refusal("SCOPE_UNAVAILABLE");
      },
    },
  );
  assert.equal(code, 1);
  assert.equal(err, "csc: refused: SCOPE_UNAVAILABLE\nhint: Try again.\n");
});

Deno.test("csc run refuses hardened mode without a key, before anything", async () => {
  const { code, err, settings } = await speak(
    ["run", CONTRACT, POLICY_FILE, "--mode", "hardened"],
  );
  assert.deepEqual([code, settings], [1, undefined]);
  assert.match(err, /hardened mode signs every receipt, but no --signing-key/);
});

Deno.test("csc run signs with the key that flags name", async () => {
  for (const flags of [["--sign"], [], ["--mode=hardened"]]) {
    const { code, out } = await speak([
      ...["run", CONTRACT, POLICY_FILE, "--json", "--quiet"],
      ...["--signing-key", SEED, "--key-id", "k1", ...flags],
    ]);
    assert.equal(code, 0);
    assert.equal(JSON.parse(out).signature.key_id, "k1");
  }
});

const BAD_SIGNING: [what: string, flags: string[], why: RegExp][] = [
  ["no key", ["--sign"], /no --signing-key/],
  ["no key id", ["--signing-key", SEED], /no --key-id/],
  [
    "a key that others may read",
    [
      "--signing-key",
      write("open", new Uint8Array(32), 0o640),
      "--key-id",
      "k",
    ],
    /others than its owner/,
  ],
  [
    "no key but text",
    ["--signing-key", write("text", utf8("hello"), 0o600), "--key-id", "k"],
    /private key/,
  ],
];
for (const [what, flags, why] of BAD_SIGNING) {
  Deno.test(`csc run gives no receipt for ${what}`, async () => {
    const { code, err, settings } = await speak(
      ["run", CONTRACT, POLICY_FILE, ...flags],
    );
    assert.deepEqual([code, settings], [1, undefined]);
    assert.match(err, why);
  });
}

Deno.test("csc run takes from the configuration what no flag says", async () => {
  const config = write(
    "config.yaml",
    utf8(
      `state_dir: /s\nlog: "off"\nsigning: {key: ${SEED}, key_id: conf}\n` +
        "sandbox: {processes: 7}\n",
    ),
  );
  const from = (...flags: string[]) =>
    speak(["run", CONTRACT, POLICY_FILE, "--config", config, ...flags]);
  const plain = (await from()).settings;
  assert.equal(plain?.stateDir, "/s");
  assert.equal(plain?.log, "off");
  assert.equal(plain?.signer?.keyId, "conf");
  assert.deepEqual(plain?.sandbox.sandbox, { processes: 7 });
  const flagged =
    (await from("--state-dir", "/t", "--key-id", "flag")).settings;
  assert.equal(flagged?.stateDir, "/t");
  assert.equal(flagged?.signer?.keyId, "flag");
});

Deno.test("csc run --no-log says so to the run", async () => {
  const { settings } = await speak(["run", CONTRACT, POLICY_FILE, "--no-log"]);
  assert.equal(settings?.log, "off");
});

const USAGE: [words: string[], why: RegExp][] = [
  [[], /no verb/],
  [["chekc"], /unknown verb "chekc"; did you mean "check"\?/],
  [["--frob"], /unknown flag "--frob"/],
  [["run", CONTRACT], /POLICY is missing/],
  [["run", CONTRACT, POLICY_FILE, "--mode", "soft"], /mode "soft"/],
  [["verify-receipt", "r"], /"--public-key" is missing/],
  [["help", "chekc"], /unknown topic "chekc"; did you mean "check"\?/],
  [["keygen", "--key-id", "../k"], /cannot be a file name/],
];
for (const [words, why] of USAGE) {
  Deno.test(`csc ${words.join(" ").replaceAll(DIR, "")} exits 64`, async () => {
    const { code, out, err } = await speak(words);
    assert.deepEqual([code, out], [64, ""]);
    assert.match(err, why);
    assert.match(err, /\nhint: /);
  });
}

Deno.test("csc reports a defect without a trace", async () => {
  const { code, err } = await speak(["version"], {}, {
    buildFacts: () => {
      throw new TypeError("boom");
    },
  });
  assert.equal(code, 1);
  assert.match(err, /^csc: internal error: boom\nhint: .*defect.*\n$/);
});

Deno.test("csc keygen makes keys that sign and verify, and keeps old ones", async () => {
  const out = `${tempPlace()}/keys`;
  const words = ["keygen", "--out", out, "--key-id", "k", "--raw", "--json"];
  const made = await speak(words);
  assert.equal(made.code, 0);
  assert.deepEqual(JSON.parse(made.out), {
    key_id: "k",
    files: ["k.key", "k.pub", "k.seed", "k.pub.raw"].map((name) =>
      `${out}/${name}`
    ),
  });
  for (
    const [name, mode] of [["k.key", 0o600], ["k.seed", 0o600], [
      "k.pub",
      0o644,
    ]] as const
  ) {
    assert.equal(
      (Deno.statSync(`${out}/${name}`).mode ?? 0) & 0o777,
      mode,
      name,
    );
  }
  const pem = Deno.readTextFileSync(`${out}/k.key`);
  const again = await speak(words);
  assert.equal(again.code, 1);
  assert.match(again.err, /a file of that name exists/);
  assert.equal(Deno.readTextFileSync(`${out}/k.key`), pem);

  for (const [secret, open] of [["k.key", "k.pub"], ["k.seed", "k.pub.raw"]]) {
    const { out: receipt } = await speak([
      ...["run", CONTRACT, POLICY_FILE, "--json", "--quiet"],
      ...["--signing-key", `${out}/${secret}`, "--key-id", "k"],
    ]);
    const path = write("r.json", utf8(receipt));
    const key = ["--public-key", `${out}/${open}`, "--key-id"];
    const good = await speak(["verify-receipt", path, ...key, "k", "--json"]);
    assert.deepEqual([good.code, JSON.parse(good.out).valid], [0, true]);
    const bad = await speak(["verify-receipt", path, ...key, "other"]);
    assert.deepEqual(bad.code, 1);
    assert.match(bad.out, /^invalid: KEY_ID_UNKNOWN: /);
  }
});

Deno.test("csc keygen notes a key that is in the way of exec", async () => {
  const below = Deno.makeTempDirSync({ dir: "." });
  try {
    for (const out of [below, Deno.realPathSync(below), `${below}/new`]) {
      const { out: said } = await speak(["keygen", "--out", out]);
      assert.match(said, /^note: a key in the working directory is in/m);
    }
  } finally {
    Deno.removeSync(below, { recursive: true });
  }
  const { out: elsewhere } = await speak(["keygen", "--out", `${DIR}/far`]);
  assert.doesNotMatch(elsewhere, /note:/);
});

Deno.test("csc keygen leaves nothing half-made", async () => {
  const out = tempPlace();
  Deno.writeTextFileSync(`${out}/k.pub`, "mine");
  const { code } = await speak(["keygen", "--out", out, "--key-id", "k"]);
  assert.equal(code, 1);
  assert.deepEqual([...Deno.readDirSync(out)].map(({ name }) => name), [
    "k.pub",
  ]);
  assert.equal(Deno.readTextFileSync(`${out}/k.pub`), "mine");
});

Deno.test("csc verify-receipt answers in JSON about a broken file too", async () => {
  const path = write("torn.json", utf8(`{"receipt_version":`));
  const raw = write("pub", new Uint8Array(32).fill(0x11));
  const key = ["--public-key", raw, "--key-id", "k"];
  const json = await speak(["verify-receipt", path, ...key, "--json"]);
  assert.equal(json.code, 1);
  const answer = JSON.parse(json.out);
  assert.deepEqual([answer.valid, answer.code], [false, "INPUT_MALFORMED"]);
  const plain = await speak(["verify-receipt", path, ...key]);
  assert.deepEqual([plain.code, plain.out], [1, ""]);
});

Deno.test("csc version tells the build, as JSON too", async () => {
  const { out } = await speak(["--version"]);
  assert.equal(out, "csc 1.2.3 (test, Deno 2.0.0, commit c0ffee)\n");
  const json = JSON.parse((await speak(["version", "--json"])).out);
  assert.deepEqual(Object.keys(json), [
    ...["version", "flavour", "deno", "commit", "native"],
  ]);
});

Deno.test("the manual has every verb and every flag, and no other", async () => {
  assert.deepEqual(
    VERB_TEXTS.map(({ name }) => name),
    VERBS.map(({ name }) => name),
  );
  for (const [index, verb] of VERBS.entries()) {
    const { flags, name, operands } = VERB_TEXTS[index]!;
    const own = operands.replace("[FLAGS] -- ", "");
    assert.equal(own, verb.operands.join(" "), name);
    const withValue = flags.filter(({ value }) => value !== undefined);
    const without = flags.filter(({ value }) => value === undefined);
    const named = (list: typeof flags) => list.map(({ flag }) => flag).sort();
    const valued = [...verb.options, ...verb.lists ?? []];
    assert.deepEqual(named(withValue), valued.sort(), name);
    assert.deepEqual(named(without), [...verb.switches].sort(), name);
    assert.equal((await speak([name, "--help"])).out, topicText(name));
  }
  for (const words of [["help"], ["--help"], ["-h"]]) {
    assert.match((await speak(words)).out, /csc check CONTRACT POLICY/);
  }
});

Deno.test("what the manual says fits on a terminal of 80 columns", async () => {
  const { verbs, topics } = JSON.parse((await speak(["help", "--json"])).out);
  const names = [...verbs, ...topics].map(({ name }) => name);
  const texts = [(await speak(["help"])).out, ...names.map(topicText)];
  for (const line of texts.join("").split("\n")) {
    assert.ok(line.length <= 80, line);
  }
});

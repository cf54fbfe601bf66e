/**
 * Receipts that csc signed, judged by a verifier that shares no code with it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fromHex, toHex } from "../../src/core/bytes.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { type Receipt, receiptText } from "../../src/protocol/receipt.ts";
import {
  evidenceSha256,
  formatBinding,
} from "../../src/receipt/evidence_binding.ts";
import { verifyReceipt } from "../../src/receipt/verify.ts";
import { signReceipt } from "../../src/sign/envelope.ts";
import { generateKeyPair, loadSigner } from "../../src/sign/file_signer.ts";
import { makeKeyring } from "../../src/sign/keyring.ts";
import { trusted } from "../unit/sign/trusted.ts";

const SCRIPT = new URL("./verify_receipt.py", import.meta.url).pathname;
const REFERENCE = JSON.parse(Deno.readTextFileSync(
  new URL("../vectors/reference.json", import.meta.url),
));
const KEY_ID = "interop-1";

/** Returns a Python that has the cryptography package, or null. */
function findPython(): string | null {
  const wanted = Deno.env.get("CSC_TEST_PYTHON");
  const candidates = wanted ? [wanted] : ["python3", "/usr/bin/python3"];
  for (const python of candidates) {
    try {
      const { success } = new Deno.Command(python, {
        args: [
          "-I",
          "-c",
          "import cryptography.hazmat.primitives.asymmetric.ed25519",
        ],
        stdout: "null",
        stderr: "null",
      }).outputSync();
      if (success) return python;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return null;
}

const PYTHON = findPython();

/** A skip may never look like a pass: in CI it is a failure. */
function test(name: string, body: (python: string) => Promise<void>) {
  if (PYTHON !== null) {
    Deno.test(name, () => body(PYTHON));
    return;
  }
  const reason = "no python3 with the cryptography package";
  if (Deno.env.get("CI") === "true") {
    Deno.test(name, () => assert.fail(`${reason}, and CI=true`));
    return;
  }
  console.log(`SKIPPED ${name}: ${reason}`);
  Deno.test({ name: `SKIPPED ${name}`, ignore: true, fn: () => {} });
}

async function inFolder(body: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interface Judged {
  receipt: string;
  publicKey: string | Uint8Array;
  keyId: string;
  evidence?: string;
}

/** Runs the verifier; returns its exit code and what it says. */
async function judge(python: string, judged: Judged): Promise<string> {
  let said = "";
  await inFolder(async (folder) => {
    const files = {
      "receipt.json": judged.receipt,
      "public.key": judged.publicKey,
      "evidence.json": judged.evidence,
    };
    for (const [name, content] of Object.entries(files)) {
      if (content === undefined) continue;
      const bytes = typeof content === "string"
        ? new TextEncoder().encode(content)
        : content;
      await Deno.writeFile(`${folder}/${name}`, bytes);
    }
    const args = ["-I", SCRIPT, `${folder}/receipt.json`];
    args.push(`${folder}/public.key`, judged.keyId);
    if (judged.evidence !== undefined) args.push(`${folder}/evidence.json`);
    const { code, stdout, stderr } = await new Deno.Command(python, { args })
      .output();
    const text = new TextDecoder();
    assert.equal(text.decode(stderr), "");
    said = `${code} ${text.decode(stdout).trim()}`;
  });
  return said;
}

const EVIDENCE = {
  evidence_version: "v",
  "～": 1,
  "😀": [null, "\u007f\u2028"],
};
const PAIR = await generateKeyPair({
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
});
const RECEIPT: Receipt = {
  receipt_version: "csc.receipt.v0.1",
  contract_id: "contract_interop",
  execution_id: "execution-1",
  contract_sha256: "0".repeat(64),
  status: "failed",
  exit_code: 1,
  stdout_hash: `sha256:${"1".repeat(64)}`,
  stderr_hash: `sha256:${"2".repeat(64)}`,
  started_at: "2026-01-01T00:00:00.000Z",
  ended_at: "2026-01-01T00:00:01.000Z",
  policy_profile: "p",
  sandbox_profile_id: formatBinding({
    name: "default",
    profileSha256: "3".repeat(64),
    evidenceSha256: await evidenceSha256(EVIDENCE),
  }),
  failed_command_id: null,
  error: 'ü 😀 \u0001\u001b[31m "q" \\ / \b\f\n\r\t \u007f \u2028',
};
const SIGNER = await loadSigner(
  new TextEncoder().encode(PAIR.privatePem),
  KEY_ID,
  "new key",
);
const SIGNED = await signReceipt(RECEIPT, SIGNER, "2026-01-01T00:00:02.000Z");
const OURS: Judged = {
  receipt: receiptText(SIGNED),
  publicKey: PAIR.publicPem,
  keyId: KEY_ID,
};

test("the independent verifier accepts our receipt, key as PEM or raw", async (python) => {
  assert.equal(await judge(python, OURS), "0 valid");
  const raw = { ...OURS, publicKey: PAIR.publicKey };
  assert.equal(await judge(python, raw), "0 valid");
});

test("the independent verifier accepts our evidence, and no other", async (python) => {
  const evidence = JSON.stringify(EVIDENCE, null, 2);
  assert.equal(await judge(python, { ...OURS, evidence }), "0 valid");
  const other = JSON.stringify({ ...EVIDENCE, evidence_version: "w" });
  assert.equal(
    await judge(python, { ...OURS, evidence: other }),
    "1 invalid: evidence is not the one that the receipt names",
  );
});

/** Changes to the signed receipt that both verifiers must refuse. */
const TAMPERED: [
  what: string,
  change: (text: string) => string,
  said: string,
][] = [
  [
    "another exit code",
    (text) => text.replace('"exit_code": 1', '"exit_code": 0'),
    "signature does not fit the receipt",
  ],
  [
    "another date of signing",
    (text) => text.replace("00:00:02.000Z", "00:00:03.000Z"),
    "signature does not fit the receipt",
  ],
  [
    "another signature",
    (text) => text.replace(/"signature": ".{4}/, '"signature": "AAAA'),
    "",
  ],
  [
    "white space in the base64",
    (text) => text.replace(/"signature": "(.{4})/, '"signature": "$1 '),
    "signature value is not base64",
  ],
  [
    "no signature",
    (text) => JSON.stringify({ ...JSON.parse(text), signature: undefined }),
    "receipt is not signed",
  ],
];

for (const [what, change, said] of TAMPERED) {
  test(`both verifiers refuse a receipt with ${what}`, async (python) => {
    const receipt = change(OURS.receipt);
    assert.notEqual(receipt, OURS.receipt);
    const verdict = await judge(python, { ...OURS, receipt });
    assert.ok(verdict.startsWith(`1 invalid: ${said}`), verdict);
    const keyring = makeKeyring([await trusted(SIGNER)]);
    const own = await verifyReceipt(JSON.parse(receipt), keyring);
    assert.equal(own.valid, false);
  });
}

test("the independent verifier refuses another key and another id", async (python) => {
  const publicKey = fromHex(REFERENCE.key.public_hex) ?? assert.fail();
  assert.equal(
    await judge(python, { ...OURS, publicKey }),
    "1 invalid: signature does not fit the receipt",
  );
  assert.equal(
    await judge(python, { ...OURS, keyId: "other" }),
    "1 invalid: receipt names another key id",
  );
  assert.equal(
    await judge(python, { ...OURS, publicKey: new Uint8Array(32) }),
    "1 invalid: public key is of small order",
  );
});

test("the independent verifier accepts the reference's receipts", async (python) => {
  assert.ok(REFERENCE.receipts.length > 0);
  const publicKey = fromHex(REFERENCE.key.public_hex) ?? assert.fail();
  assert.equal(toHex(publicKey), REFERENCE.key.public_hex);
  for (const { signed } of REFERENCE.receipts as { signed: JsonObject }[]) {
    const receipt = JSON.stringify(signed);
    const judged = { receipt, publicKey, keyId: REFERENCE.key.key_id };
    assert.equal(await judge(python, judged), "0 valid");
  }
});

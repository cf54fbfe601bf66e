/** Detached signatures of files: what they accept, and what they must not. */
import assert from "node:assert/strict";
import { fromBase64Strict, toBase64, utf8 } from "../../../src/core/bytes.ts";
import type { JsonValue } from "../../../src/core/json.ts";
import { sealEnvelope } from "../../../src/sign/dsse.ts";
import { generateKeyPair, loadSigner } from "../../../src/sign/file_signer.ts";
import {
  FILE_PAYLOAD_TYPE,
  signFile,
  verifyFile,
} from "../../../src/sign/file_statement.ts";
import { makeKeyring } from "../../../src/sign/keyring.ts";

const FILE = utf8("a release\n");

async function pairOf(fill: number) {
  const random = {
    bytes: (count: number) => new Uint8Array(count).fill(fill),
  };
  const { seed, publicKey } = await generateKeyPair(random);
  return { signer: await loadSigner(seed, "release", "test"), publicKey };
}

async function signed() {
  const { signer, publicKey } = await pairOf(7);
  const envelope = await signFile("csc.tar.gz", FILE, signer);
  const keyring = makeKeyring([{ keyId: "release", publicKey }]);
  return { envelope: envelope as unknown as JsonValue, keyring, signer };
}

Deno.test("verifyFile() accepts the bytes that were signed and names what they were signed as", async () => {
  const { envelope, keyring } = await signed();
  assert.deepEqual(await verifyFile(FILE, envelope, keyring, "s"), {
    valid: true,
    code: "VALID",
    message: 'signed as "csc.tar.gz" by key "release"',
    key_id: "release",
  });
});

Deno.test("the signature covers DSSE's pre-authentication encoding, as any other implementation computes it", async () => {
  const { envelope } = await signed();
  const { publicKey } = await pairOf(7);
  const { payload, signatures } = envelope as unknown as {
    payload: string;
    signatures: { sig: string }[];
  };
  const statement = new TextDecoder().decode(fromBase64Strict(payload)!);
  const encoded = utf8(
    `DSSEv1 ${FILE_PAYLOAD_TYPE.length} ${FILE_PAYLOAD_TYPE} ` +
      `${statement.length} ${statement}`,
  );
  const key = await crypto.subtle.importKey(
    "raw",
    new Uint8Array(publicKey),
    "Ed25519",
    false,
    ["verify"],
  );
  const sig = fromBase64Strict(signatures[0]!.sig)!;
  assert.ok(await crypto.subtle.verify("Ed25519", key, sig, encoded));
});

Deno.test("verifyFile() refuses other bytes of the same length", async () => {
  const { envelope, keyring } = await signed();
  const other = utf8("a releasE\n");
  const verdict = await verifyFile(other, envelope, keyring, "s");
  assert.equal(verdict.code, "FILE_DIFFERS");
  assert.equal(verdict.valid, false);
});

Deno.test("verifyFile() refuses a key that is not trusted, whatever the envelope calls it", async () => {
  const { keyring } = await signed();
  const { signer } = await pairOf(8);
  const forged = await signFile("csc.tar.gz", FILE, signer);
  const value = forged as unknown as JsonValue;
  const verdict = await verifyFile(FILE, value, keyring, "s");
  assert.equal(verdict.code, "KEY_NOT_TRUSTED");
  assert.equal(verdict.key_id, null);
});

Deno.test("verifyFile() refuses a signature made for another kind of statement", async () => {
  const { keyring, signer } = await signed();
  const other = await sealEnvelope("text/plain", FILE, signer);
  await assert.rejects(
    verifyFile(FILE, other as unknown as JsonValue, keyring, "s"),
    /it signs "text\/plain"/,
  );
  const relabelled = { ...other, payloadType: FILE_PAYLOAD_TYPE };
  const verdict = await verifyFile(
    FILE,
    relabelled as unknown as JsonValue,
    keyring,
    "s",
  );
  assert.equal(verdict.code, "KEY_NOT_TRUSTED");
});

Deno.test("verifyFile() refuses a payload changed after signing", async () => {
  const { envelope, keyring } = await signed();
  const { payload } = envelope as unknown as { payload: string };
  const text = new TextDecoder().decode(fromBase64Strict(payload)!);
  const changed = {
    ...(envelope as Record<string, JsonValue>),
    payload: toBase64(utf8(text.replace("csc.tar.gz", "csd.tar.gz"))),
  };
  const verdict = await verifyFile(FILE, changed, keyring, "s");
  assert.equal(verdict.code, "KEY_NOT_TRUSTED");
});

for (
  const [what, value] of [
    ["no object", []],
    ["unknown member", { payloadType: "a", payload: "", x: 1 }],
    ["payload no base64", {
      payloadType: FILE_PAYLOAD_TYPE,
      payload: "?",
      signatures: [],
    }],
    ["no signature", {
      payloadType: FILE_PAYLOAD_TYPE,
      payload: "",
      signatures: [],
    }],
    ["signature without id", {
      payloadType: FILE_PAYLOAD_TYPE,
      payload: "",
      signatures: [{ sig: "" }],
    }],
  ] as [string, JsonValue][]
) {
  Deno.test(`verifyFile() says what is wrong with an envelope: ${what}`, async () => {
    const { keyring } = await signed();
    await assert.rejects(verifyFile(FILE, value, keyring, "s"), {
      name: "CscError",
      code: "SIGNATURE_INVALID",
    });
  });
}

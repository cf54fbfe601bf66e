import assert from "node:assert/strict";
import { getPublicKeyAsync, signAsync } from "@noble/ed25519";
import fc from "fast-check";
import { fromHex, toBase64, toHex, utf8 } from "../../../src/core/bytes.ts";
import { isCscError } from "../../../src/core/errors.ts";
import { verifyEd25519 } from "../../../src/sign/ed25519.ts";
import {
  generateKeyPair,
  loadPublicKey,
  loadSigner,
} from "../../../src/sign/file_signer.ts";
import {
  encodePem,
  encodePkcs8,
  encodeSpki,
  type PemLabel,
} from "../../../src/sign/pem.ts";

const { key: KEY } = JSON.parse(Deno.readTextFileSync(
  new URL("../../vectors/reference.json", import.meta.url),
));
const SEED = hex(KEY.seed_hex);
const PUBLIC = hex(KEY.public_hex);

/** Another seed, so that a leak of its bytes shows in a message. */
const SECRET = new Uint8Array(32).map((_, index) => 0xb1 + 3 * index);

function hex(text: string): Uint8Array<ArrayBuffer> {
  const bytes = fromHex(text);
  assert.ok(bytes);
  return bytes;
}

function bytesOf(...parts: (Uint8Array | number[])[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function pem(label: PemLabel, der: Uint8Array): Uint8Array<ArrayBuffer> {
  return utf8(encodePem(label, der));
}

/** PKCS#8 version 2 with a public key behind the seed. */
function pkcs8v2(seed: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const head = encodePkcs8(seed);
  head[1] = 0x51;
  head[4] = 0x01;
  return bytesOf(head, [0x81, 0x21, 0x00], publicKey);
}

const GOOD: [form: string, bytes: Uint8Array][] = [
  ["a raw seed", SEED],
  ["seed and public key", bytesOf(SEED, PUBLIC)],
  ["the reference's PEM", utf8(KEY.private_pem_pkcs8)],
  ["PEM without a last line end", utf8(KEY.private_pem_pkcs8.trimEnd())],
  [
    "PEM with CRLF",
    utf8(KEY.private_pem_pkcs8.replaceAll("\n", "\r\n")),
  ],
  ["PKCS#8 version 2", pem("PRIVATE KEY", pkcs8v2(SEED, PUBLIC))],
];

for (const [form, bytes] of GOOD) {
  Deno.test(`loadSigner() takes ${form}`, async () => {
    const signer = await loadSigner(bytes.slice(), "vector-01", "key file");
    assert.equal(signer.keyId, "vector-01");
    assert.equal(toHex(await signer.publicKey()), KEY.public_hex);
    const message = utf8("message");
    const signature = await signer.sign(message);
    assert.equal(await verifyEd25519(PUBLIC, message, signature), true);
  });
}

Deno.test("loadSigner() leaves the caller's bytes alone", async () => {
  const bytes = SEED.slice();
  await loadSigner(bytes, "k", "key file");
  assert.deepEqual(bytes, SEED);
});

const secretHex = toHex(SECRET);
const v1 = encodePkcs8(SECRET);
const secretPem = encodePem("PRIVATE KEY", v1);

function changed(der: Uint8Array, at: number, to: number): Uint8Array {
  const copy = new Uint8Array(der);
  copy[at] = to;
  return copy;
}

const BAD: [form: string, bytes: Uint8Array, message: RegExp, hint: RegExp][] =
  [
    ["an empty file", new Uint8Array(0), /has 0 bytes/, /keygen/],
    ["a seed cut short", SECRET.slice(1), /has 31 bytes/, /keygen/],
    ["a seed with a line end", bytesOf(SECRET, [10]), /has 33/, /line end/],
    [
      "halves that differ",
      bytesOf(SECRET, PUBLIC),
      /public half does not belong/,
      /mixes two keys/,
    ],
    [
      "a version 2 public key that differs",
      pem("PRIVATE KEY", pkcs8v2(SECRET, PUBLIC)),
      /public half does not belong/,
      /mixes two keys/,
    ],
    ["hexadecimal text", utf8(secretHex), /public half/, /hexadecimal/],
    ["hexadecimal text, a line", utf8(`${secretHex}\n`), /65/, /hexadecimal/],
    ["base64 alone", utf8(toBase64(SECRET)), /44 bytes/, /keygen/],
    ["DER without PEM", v1, /has 48 bytes/, /keygen/],
    [
      "a public key",
      pem("PUBLIC KEY", encodeSpki(PUBLIC)),
      /holds "PUBLIC KEY"/,
      /private half/,
    ],
    [
      "an encrypted key",
      utf8(secretPem.replaceAll("PRIVATE", "ENCRYPTED PRIVATE")),
      /ENCRYPTED/,
      /Decrypt/,
    ],
    [
      "an OpenSSH key",
      utf8(secretPem.replaceAll("PRIVATE", "OPENSSH PRIVATE")),
      /OPENSSH/,
      /keygen/,
    ],
    [
      "a wrong last line",
      utf8(secretPem.replace("END PRIVATE", "END PUBLIC")),
      /last line/,
      /one PEM block/,
    ],
    ["two blocks", utf8(secretPem + secretPem), /not base64/, /openssl/],
    ["text behind", utf8(`${secretPem}x\n`), /last line/, /without text/],
    [
      "two line ends behind",
      utf8(`${secretPem}\n`),
      /last line/,
      /without text/,
    ],
    ["text before", utf8(`x\n${secretPem}`), /not PEM/, /keygen/],
    [
      "spaces in the base64",
      utf8(secretPem.replace(/(.{20})\n-----END/, " $1\n-----END")),
      /not base64/,
      /openssl/,
    ],
    [
      "mixed line ends",
      utf8(secretPem.replace("\n", "\r\n")),
      /not begin|last line|not base64/,
      /./,
    ],
    [
      "short lines",
      utf8(secretPem.replace(/\n(.{30})/, "\n$1\n")),
      /not base64/,
      /openssl/,
    ],
    [
      "no body",
      utf8(secretPem.replace(/\n.{64}/, "")),
      /not base64/,
      /openssl/,
    ],
    [
      "a file far too long",
      utf8(secretPem.replace("\n", `\n${"A".repeat(64)}\n`.repeat(80))),
      /far longer/,
      /one "PRIVATE KEY" block/,
    ],
    [
      "another algorithm (X25519)",
      pem("PRIVATE KEY", changed(v1, 11, 0x6e)),
      /not an Ed25519 key/,
      /Ed25519/,
    ],
    [
      "another version without a public key",
      pem("PRIVATE KEY", changed(v1, 4, 1)),
      /not an Ed25519 key/,
      /Ed25519/,
    ],
    [
      "another inner length",
      pem("PRIVATE KEY", changed(v1, 15, 0x1f)),
      /not an Ed25519 key/,
      /Ed25519/,
    ],
    [
      "bytes behind the DER",
      pem("PRIVATE KEY", bytesOf(v1, [0])),
      /not an Ed25519 key/,
      /Ed25519/,
    ],
    [
      "a version 2 tag of another kind",
      pem("PRIVATE KEY", changed(pkcs8v2(SECRET, PUBLIC), 48, 0xa1)),
      /not an Ed25519 key/,
      /Ed25519/,
    ],
  ];

for (const [form, bytes, message, hint] of BAD) {
  Deno.test(`loadSigner() refuses ${form}, and says nothing of it`, async () => {
    const error = await loadSigner(bytes, "k", "/keys/a\u001b[2J").then(
      () => assert.fail("it was taken"),
      (thrown: unknown) => thrown,
    );
    assert.ok(isCscError(error), String(error));
    assert.equal(error.code, "KEY_INVALID");
    assert.match(error.message, message);
    assert.match(error.message, /"\/keys\/a\\u001b\[2J"/);
    assert.match(error.hint ?? "", hint);
    const said = [error.message, error.hint, error.cause, error.details]
      .map((part) => JSON.stringify(part) ?? "").join("\n");
    for (const spelling of [secretHex, toBase64(SECRET), toBase64(v1)]) {
      for (let at = 0; at + 8 <= spelling.length; at++) {
        assert.ok(!said.includes(spelling.slice(at, at + 8)), said);
      }
    }
  });
}

for (const keyId of ["", "a\nb", "a\u0000", "x".repeat(257), "\u009b"]) {
  Deno.test(`loadSigner() refuses key id ${JSON.stringify(keyId).slice(0, 20)}`, async () => {
    await assert.rejects(loadSigner(SEED, keyId, "f"), { code: "KEY_INVALID" });
  });
}

Deno.test("loadSigner() signs byte for byte as the other library does", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array({ maxLength: 300 }),
      async (seed, message) => {
        const [ownSeed, ownMessage] = [seed.slice(), message.slice()];
        const signer = await loadSigner(ownSeed, "k", "seed");
        assert.deepEqual(
          toHex(await signer.publicKey()),
          toHex(await getPublicKeyAsync(ownSeed)),
        );
        assert.deepEqual(
          toHex(await signer.sign(ownMessage)),
          toHex(await signAsync(ownMessage, ownSeed)),
        );
      },
    ),
    { numRuns: 20 },
  );
});

Deno.test("loadPublicKey() takes raw bytes and SPKI PEM", () => {
  const spki = pem("PUBLIC KEY", encodeSpki(PUBLIC));
  assert.equal(toHex(loadPublicKey(PUBLIC, "f")), KEY.public_hex);
  assert.equal(toHex(loadPublicKey(spki, "f")), KEY.public_hex);
});

const BAD_PUBLIC: [form: string, bytes: Uint8Array, message: RegExp][] = [
  ["31 bytes", PUBLIC.slice(1), /has 31 bytes/],
  ["hexadecimal text", utf8(KEY.public_hex), /has 64 bytes/],
  ["a private key", utf8(KEY.private_pem_pkcs8), /holds "PRIVATE KEY"/],
  [
    "another algorithm (X25519)",
    pem("PUBLIC KEY", changed(encodeSpki(PUBLIC), 8, 0x6e)),
    /not an Ed25519 key/,
  ],
  [
    "unused bits",
    pem("PUBLIC KEY", changed(encodeSpki(PUBLIC), 11, 1)),
    /not an Ed25519 key/,
  ],
  ["a point of small order", new Uint8Array(32), /small order/],
  [
    "the same as PEM",
    pem("PUBLIC KEY", encodeSpki(new Uint8Array(32))),
    /small order/,
  ],
  [
    "an encoding that is not canonical",
    bytesOf([0xf0], new Uint8Array(30).fill(0xff), [0x7f]),
    /not canonical/,
  ],
];

for (const [form, bytes, message] of BAD_PUBLIC) {
  Deno.test(`loadPublicKey() refuses ${form}`, () => {
    assert.throws(() => loadPublicKey(bytes, "/keys/pub"), (error: unknown) => {
      assert.ok(isCscError(error));
      assert.equal(error.code, "KEY_INVALID");
      assert.match(error.message, message);
      assert.match(error.message, /"\/keys\/pub"/);
      assert.ok(error.hint);
      return true;
    });
  });
}

Deno.test("generateKeyPair() makes forms that all load as the same key", async () => {
  const drawn: number[] = [];
  const pair = await generateKeyPair({
    bytes: (length) => {
      drawn.push(length);
      return SEED.slice();
    },
  });
  assert.deepEqual(drawn, [32]);
  assert.equal(pair.privatePem, KEY.private_pem_pkcs8);
  assert.equal(toHex(pair.seed), KEY.seed_hex);
  assert.equal(toHex(pair.publicKey), KEY.public_hex);
  const fromPem = await loadSigner(utf8(pair.privatePem), "k", "pem");
  assert.equal(toHex(await fromPem.publicKey()), KEY.public_hex);
  assert.equal(
    toHex(loadPublicKey(utf8(pair.publicPem), "pem")),
    KEY.public_hex,
  );
});

import assert from "node:assert/strict";
import { hashes } from "@noble/ed25519";
import { fromHex, toHex, utf8 } from "../../../src/core/bytes.ts";
import {
  isCanonicalEncoding,
  isPublicKey,
  isSmallOrder,
  isUsablePoint,
  passesByteChecks,
  verifyEd25519,
} from "../../../src/sign/ed25519.ts";
import { loadSigner } from "../../../src/sign/file_signer.ts";
import { nobleVerify } from "../../../src/sign/noble_verify.ts";

interface CctvVector {
  number: number;
  key: string;
  sig: string;
  msg: string;
  flags: string[] | null;
}

const VECTORS: CctvVector[] = JSON.parse(Deno.readTextFileSync(
  new URL("../../vectors/ed25519-cctv.json", import.meta.url),
));

/**
 * All vectors satisfy the equation in its loosest reading (with the cofactor,
 * any encoding). Each flag says what one of the stricter readings may object
 * to. These five are objections here:
 *
 * - low_order_A, low_order_R: the point is of small order;
 * - non_canonical_A, non_canonical_R: its encoding is not the reduced one;
 * - low_order_residue: the equation holds only after multiplying by the cofactor.
 *
 * The other three are none by themselves: low_order_component_A and _R say that
 * a point of large order has a small-order part, which the equation without
 * cofactor takes into account; reencoded_k says that the hash was taken over
 * re-encoded points, which differs from ours only where the encoding is not
 * canonical, and then another flag is set as well.
 */
const OBJECTIONS = [
  "low_order_A",
  "low_order_R",
  "non_canonical_A",
  "non_canonical_R",
  "low_order_residue",
];

function hex(text: string): Uint8Array<ArrayBuffer> {
  const bytes = fromHex(text);
  assert.ok(bytes);
  return bytes;
}

Deno.test("verifyEd25519() judges all 914 vectors strictly", async () => {
  const counts = { accepted: 0, refused: 0 };
  for (const { number, key, sig, msg, flags } of VECTORS) {
    const expected = !(flags ?? []).some((flag) => OBJECTIONS.includes(flag));
    const found = await verifyEd25519(hex(key), utf8(msg), hex(sig));
    assert.equal(found, expected, `vector ${number}: ${flags?.join(" ")}`);
    counts[found ? "accepted" : "refused"]++;
  }
  assert.deepEqual(counts, { accepted: 43, refused: 871 });
});

Deno.test("the reencoded_k flag never stands without a non-canonical point", () => {
  const stray = VECTORS.filter(({ flags }) =>
    flags?.includes("reencoded_k") &&
    !flags.some((flag) => flag.startsWith("non_canonical"))
  );
  assert.deepEqual(stray, []);
});

Deno.test("verifyEd25519() refuses residues for which nothing else stands", async () => {
  const residues = VECTORS.filter(({ flags }) =>
    flags?.includes("low_order_residue") &&
    !flags.some((flag) => OBJECTIONS.slice(0, 4).includes(flag))
  );
  assert.ok(residues.length > 50);
  let nobleAlone = 0;
  for (const { key, sig, msg } of residues) {
    const parts = [hex(key), utf8(msg), hex(sig)] as const;
    assert.equal(await verifyEd25519(...parts), false);
    nobleAlone += await nobleVerify(...parts) ? 1 : 0;
  }
  // The reason for asking two libraries: one of them would accept these.
  assert.equal(nobleAlone, residues.length);
});

Deno.test("isSmallOrder() knows exactly the points that the vectors flag", () => {
  const flagged = new Set<string>();
  for (const { key, sig, flags } of VECTORS) {
    const points = [["A", key], ["R", sig.slice(0, 64)]] as const;
    for (const [name, point] of points) {
      const expected = flags?.includes(`low_order_${name}`) ?? false;
      assert.equal(isSmallOrder(hex(point)), expected, point);
      if (expected) flagged.add(point);
    }
  }
  assert.equal(flagged.size, 14);
});

Deno.test("isUsablePoint() refuses what the vectors flag as not canonical", () => {
  for (const { key, sig, flags } of VECTORS) {
    const points = [["A", key], ["R", sig.slice(0, 64)]] as const;
    for (const [name, point] of points) {
      if (!flags?.includes(`non_canonical_${name}`)) continue;
      assert.equal(isUsablePoint(hex(point)), false, point);
    }
  }
});

const FIELD_PRIME = 2n ** 255n - 19n;
const GROUP_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

function littleEndian(value: bigint): Uint8Array<ArrayBuffer> {
  return hex(value.toString(16).padStart(64, "0")).reverse();
}

Deno.test("isCanonicalEncoding() draws the line at p, whatever the sign bit", () => {
  const sign = 2n ** 255n;
  for (
    const [y, expected] of [
      [0n, true],
      [FIELD_PRIME - 1n, true],
      [FIELD_PRIME, false],
      [FIELD_PRIME + 1n, false],
      [2n ** 255n - 1n, false],
    ] as const
  ) {
    assert.equal(isCanonicalEncoding(littleEndian(y)), expected, `${y}`);
    assert.equal(isCanonicalEncoding(littleEndian(y + sign)), expected, `${y}`);
  }
});

const MESSAGE = utf8("message");
const SIGNER = await loadSigner(new Uint8Array(32).fill(7), "k", "seed");
const PUBLIC_KEY = await SIGNER.publicKey();
const SIGNATURE = await SIGNER.sign(MESSAGE);

Deno.test("verifyEd25519() accepts its own signer's signature", async () => {
  assert.equal(await verifyEd25519(PUBLIC_KEY, MESSAGE, SIGNATURE), true);
});

Deno.test("verifyEd25519() needs the consent of the second library", async () => {
  const whole = hashes.sha512Async;
  hashes.sha512Async = () => Promise.resolve(new Uint8Array(64));
  try {
    const found = await verifyEd25519(PUBLIC_KEY, MESSAGE, SIGNATURE);
    assert.equal(found, false);
  } finally {
    hashes.sha512Async = whole;
  }
});

Deno.test("verifyEd25519() refuses S + L, which is the same number mod L", async () => {
  const s = BigInt(`0x${toHex(SIGNATURE.slice(32).reverse())}`);
  for (const other of [s + GROUP_ORDER, s + 2n * GROUP_ORDER]) {
    const forged = Uint8Array.of(
      ...SIGNATURE.slice(0, 32),
      ...littleEndian(other),
    );
    assert.equal(passesByteChecks(PUBLIC_KEY, forged), false);
    assert.equal(await verifyEd25519(PUBLIC_KEY, MESSAGE, forged), false);
  }
});

Deno.test("passesByteChecks() draws the line for S at L", () => {
  const r = SIGNATURE.slice(0, 32);
  for (
    const [s, expected] of [
      [0n, true],
      [GROUP_ORDER - 1n, true],
      [GROUP_ORDER, false],
      [2n ** 256n - 1n, false],
    ] as const
  ) {
    const signature = Uint8Array.of(...r, ...littleEndian(s));
    assert.equal(passesByteChecks(PUBLIC_KEY, signature), expected);
  }
});

Deno.test("passesByteChecks() finds all that the vectors flag about points", () => {
  for (const { key, sig, flags } of VECTORS) {
    const expected = !OBJECTIONS.slice(0, 4).some((flag) =>
      flags?.includes(flag)
    );
    assert.equal(passesByteChecks(hex(key), hex(sig)), expected);
  }
});

Deno.test("verifyEd25519() refuses every single flipped bit", async () => {
  for (let bit = 0; bit < 512; bit += 5) {
    const forged = SIGNATURE.slice();
    forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(
      await verifyEd25519(PUBLIC_KEY, MESSAGE, forged),
      false,
      `bit ${bit}`,
    );
  }
});

Deno.test("verifyEd25519() refuses other lengths without throwing", async () => {
  const long = Uint8Array.of(...SIGNATURE, 0);
  const key = PUBLIC_KEY;
  for (
    const [publicKey, signature] of [
      [key, SIGNATURE.slice(0, 63)],
      [key, long],
      [key, new Uint8Array(0)],
      [key.slice(0, 31), SIGNATURE],
      [Uint8Array.of(...key, 0), SIGNATURE],
      [new Uint8Array(0), SIGNATURE],
    ] as const
  ) {
    assert.equal(await verifyEd25519(publicKey, MESSAGE, signature), false);
  }
});

/** y = 2 has no x on the curve. */
const OFF_CURVE = littleEndian(2n);

Deno.test("verifyEd25519() refuses points off the curve without throwing", async () => {
  assert.equal(isUsablePoint(OFF_CURVE), true);
  assert.equal(await verifyEd25519(OFF_CURVE, MESSAGE, SIGNATURE), false);
  const forged = Uint8Array.of(...OFF_CURVE, ...SIGNATURE.slice(32));
  assert.equal(await verifyEd25519(PUBLIC_KEY, MESSAGE, forged), false);
});

Deno.test("isPublicKey() takes points of the curve and nothing else", async () => {
  assert.equal(await isPublicKey(PUBLIC_KEY), true);
  assert.equal(await isPublicKey(OFF_CURVE), false);
  assert.equal(await isPublicKey(PUBLIC_KEY.slice(1)), false);
  assert.equal(await isPublicKey(new Uint8Array(32)), false);
  assert.equal(await isPublicKey(littleEndian(FIELD_PRIME + 3n)), false);
});

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  fromBase64Strict,
  fromHex,
  fromUtf8Strict,
  toBase64,
  toHex,
  utf8,
} from "../../../src/core/bytes.ts";
import { sha256Hex } from "../../../src/core/digest.ts";

const BAD_BASE64: [what: string, text: string][] = [
  ["no padding", "AQI"],
  ["too much padding", "AQI=="],
  ["padding alone", "===="],
  ["padding inside", "AQ==AQ=="],
  ["white space", "AQ I="],
  ["a line feed", "AQI=\n"],
  ["the URL-safe alphabet", "-_-_"],
  ["stray trailing bits of one byte", "AR=="],
  ["stray trailing bits of two bytes", "AQJ="],
  ["a lone digit", "A==="],
];

for (const [what, text] of BAD_BASE64) {
  Deno.test(`fromBase64Strict() refuses ${what}: ${JSON.stringify(text)}`, () => {
    assert.equal(fromBase64Strict(text), null);
  });
}

Deno.test("fromBase64Strict() has one spelling for all bytes", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    const text = toBase64(bytes);
    assert.deepEqual(fromBase64Strict(text), new Uint8Array(bytes));
  }));
  fc.assert(fc.property(fc.base64String(), (text) => {
    const bytes = fromBase64Strict(text);
    if (bytes !== null) assert.equal(toBase64(bytes), text);
  }));
});

Deno.test("fromHex() reads both cases and nothing else", () => {
  assert.deepEqual(fromHex("00fFAb"), Uint8Array.of(0, 255, 171));
  assert.equal(toHex(Uint8Array.of(0, 255, 171)), "00ffab");
  for (const text of ["0", "0g", " 00", "00\n", "0x00"]) {
    assert.equal(fromHex(text), null, text);
  }
});

Deno.test("fromUtf8Strict() keeps a byte order mark and refuses bad bytes", () => {
  assert.equal(fromUtf8Strict(utf8("\ufeffé")), "\ufeffé");
  assert.equal(fromUtf8Strict(Uint8Array.of(0xff)), null);
  assert.equal(fromUtf8Strict(Uint8Array.of(0xed, 0xa0, 0x80)), null);
});

Deno.test("sha256Hex() of nothing", async () => {
  assert.equal(
    await sha256Hex(utf8("")),
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
});

import assert from "node:assert/strict";
import {
  assertPossible,
  assertRan,
  assertRefused,
  tries,
} from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest(
  "the signing key is in no file and no memory that a command reaches",
  async (place) => {
    const key = await place.makeKey();
    const pem = await Deno.readTextFile(key);
    const text = pem.replace(/-----[^-]+-----/g, "").trim();
    const der = Uint8Array.fromBase64(text.replace(/\s/g, ""));
    const seed = der.slice(16, 48); // RFC 8410: the seed after a fixed prefix

    const holder = place.start([place.attacker, "hold", key]);
    await holder.until("holding");
    const needle = masked(new TextEncoder().encode(text));
    assertPossible(await place.bareAttack("read", key), `read ${key}`);
    assertPossible(
      await place.bareAttack("memory", needle, String(holder.pid)),
      "find key in memory",
    );

    const file = await place.confinedAttack("read", key);
    assertRan(file);
    assertRefused(file, `read ${key}`);
    for (const wanted of [needle, masked(seed)]) {
      const memory = await place.confinedAttack("memory", wanted);
      assertRan(memory);
      assert.equal(tries(memory.stdout).get("memory"), "attempted");
      assertRefused(memory, "find key in memory");
    }
  },
  { cscOnly: "holds no key" },
);

/** Hexadecimal with the lowest bit of each byte flipped, as the attacker wants it. */
function masked(bytes: Uint8Array): string {
  return bytes.map((byte) => byte ^ 1).toHex();
}

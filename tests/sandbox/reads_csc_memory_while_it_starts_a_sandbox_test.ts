import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";
import { asRunAsUser } from "./run_as.ts";

/** Each gives a moment in which a process of the sandbox shares csc's memory. */
const RUNS = 6;

attackTest(
  "no process of the command's user ever shares the memory with the key in it",
  async (place) => {
    const wrap = await asRunAsUser();
    const key = await place.makeKey();
    const pem = await Deno.readTextFile(key);
    const text = pem.replace(/-----[^-]+-----/g, "").trim();
    const der = Uint8Array.fromBase64(text.replace(/\s/g, ""));
    const seed = der.slice(16, 48); // RFC 8410: the seed after a fixed prefix
    // With the lowest bit of each byte flipped, as the attacker wants it.
    const needle = seed.map((byte) => byte ^ 1).toHex();
    const watch = (stop: string) => [
      place.attacker,
      "memory-watch",
      needle,
      stop,
    ];

    // The seed as bytes, in the memory of a process of that user.
    const raw = `${place.read}/raw`;
    await Deno.writeFile(raw, seed);
    await Deno.chmod(raw, 0o644);
    const holder = place.start([place.attacker, "hold", raw], { wrap });
    await holder.until("holding");
    assertPossible(
      await place.bare(watch(`${place.outside}/never`), { wrap }),
      "find key in memory",
    );
    await holder.end();
    await Deno.remove(raw);

    const stop = `${place.outside}/stop`;
    const watcher = place.bare(watch(stop), { wrap });
    for (let run = 0; run < RUNS; run++) {
      assertRan(await place.confined([place.attacker, "processes"]));
    }
    await Deno.writeTextFile(stop, "");
    const found = await watcher;
    assert.match(found.stdout, /^rounds: [1-9]/m);
    assertRefused(found, "find key in memory");
  },
  { callers: ["root"], cscOnly: "holds no key" },
);

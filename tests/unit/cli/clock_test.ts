/** What csc does on a machine whose clock was never set. */
import assert from "node:assert/strict";
import { utf8 } from "../../../src/core/bytes.ts";
import { command, contractBytes, POLICY } from "../run/fakes.ts";
import { tempPlace } from "../run/temp_place.ts";
import { speak } from "./fakes.ts";

const DIR = tempPlace();
const CONTRACT = write("c.json", contractBytes([command("one")]));
const POLICY_FILE = write("p.json", utf8(JSON.stringify(POLICY)));
const SEED = write("seed", new Uint8Array(32).fill(3));
const KEY = ["--signing-key", SEED, "--key-id", "k"];

function write(name: string, bytes: Uint8Array): string {
  Deno.writeFileSync(`${DIR}/${name}`, bytes, { mode: 0o600 });
  return `${DIR}/${name}`;
}

const FIRST_GOOD = Date.UTC(2020, 0, 1);

const CALLS: readonly (readonly string[])[] = [
  ["check", CONTRACT, POLICY_FILE],
  ["plan", CONTRACT, POLICY_FILE, "--mode", "local"],
  ["run", CONTRACT, POLICY_FILE, "--quiet"],
  ["exec", "--mode", "local", "--quiet", "--exit-code=status", "--", "true"],
  ["sign-file", CONTRACT, ...KEY],
];
for (const words of CALLS) {
  Deno.test(`csc ${words[0]} refuses a clock before 2020, and takes one after`, async () => {
    const at = (now: number) => {
      const clock = { now: () => now, monotonic: () => 0 };
      return speak(words, {}, { clock }, { clock });
    };
    for (const now of [0, FIRST_GOOD - 1]) {
      const { code, out, err, journal } = await at(now);
      assert.deepEqual([code, out, journal], [1, "", []], err);
      const says = new Date(now).toISOString();
      assert.equal(
        err,
        `csc: use the clock: it says "${says}", before 2020\n` +
          "hint: Set it (date -s, or start the service that does), then try " +
          "again: decisions, approvals and receipts carry its time.\n",
      );
    }
    const good = await at(FIRST_GOOD);
    assert.equal(good.code, 0, good.err);
  });
}

Deno.test("csc run says it in JSON on a clock before 2020", async () => {
  const words = ["run", CONTRACT, POLICY_FILE, "--json", "--quiet"];
  const clock = { now: () => 0, monotonic: () => 0 };
  const { out } = await speak(words, {}, { clock }, { clock });
  assert.equal(JSON.parse(out).error.code, "CLOCK_WRONG");
});

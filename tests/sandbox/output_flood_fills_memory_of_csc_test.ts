import assert from "node:assert/strict";
import { assertRan } from "./assertions.ts";
import { attackTest } from "./harness.ts";

/** Several times of what csc may have in all. */
const MIB = 512;
const MOST_MIB = 120;

attackTest("a flood of output does not fill csc's memory", async (place) => {
  const count = `${place.attacker} flood ${MIB} | wc -c`;
  const bare = await place.bare(["sh", "-c", count]);
  assert.equal(Number(bare.stdout), MIB * 1024 * 1024);

  const peak = `${place.write}/peak`;
  const confined = await place.confined(
    [place.attacker, "flood", String(MIB)],
    {
      wrap: (argv) => [
        ...[place.attacker, "peak-memory", peak],
        ...["sh", "-c", 'exec "$@" > /dev/null', "sh", ...argv],
      ],
    },
  );
  assertRan(confined);
  const [{ stdout }] = confined.evidence?.commands as [
    { stdout: { bytes: number; captured: number; truncated: boolean } },
  ];
  assert.deepEqual(
    [stdout.bytes, stdout.captured, stdout.truncated],
    [MIB * 1024 * 1024, 10 * 1024 * 1024, true],
  );
  const kib = Number(Deno.readTextFileSync(peak));
  assert.ok(kib > 0 && kib <= MOST_MIB * 1024, `csc had ${kib} KiB`);
}, { cscOnly: "keeps no output" });

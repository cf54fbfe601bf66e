import assert from "node:assert/strict";
import { assertRan, assertRefused } from "./assertions.ts";
import { attackTest, skipSecurityTest } from "./harness.ts";

attackTest("a crash leaves no core file", async (place) => {
  const pattern = await Deno.readTextFile("/proc/sys/kernel/core_pattern");
  if (/^[|@/]/.test(pattern)) {
    skipSecurityTest(`core files go elsewhere here: ${pattern.trim()}`);
  }
  const wrap = (argv: readonly string[]) => [
    "/bin/sh",
    "-c",
    'ulimit -c unlimited; exec "$@"',
    "sh",
    ...argv,
  ];
  const bare = await place.bare([place.attacker, "core"], { wrap });
  assert.equal(bare.signal, "SIGABRT");
  assert.notDeepEqual(cores(place.write), []);
  for (const name of cores(place.write)) {
    await Deno.remove(`${place.write}/${name}`);
  }

  const confined = await place.confined([place.attacker, "core"], { wrap });
  assertRan(confined, 128 + 6);
  if (confined.subject === "csc") assertRefused(confined, "raise core size");
  assert.deepEqual(cores(place.write), []);
});

function cores(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map((entry) => entry.name)
    .filter((name) => name.startsWith("core"));
}

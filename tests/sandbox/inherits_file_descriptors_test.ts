import assert from "node:assert/strict";
import { assertRan } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest(
  "descriptors above 2 of the caller and of csc do not reach the command",
  async (place) => {
    const wrap = (argv: readonly string[]) => [
      "/bin/sh",
      "-c",
      'exec 3<"$0" 9<"$0"; exec "$@"',
      place.secret,
      ...argv,
    ];
    const bare = await place.bare([place.attacker, "descriptors"], { wrap });
    assert.ok(bare.stdout.includes(`descriptor 9: ${place.secret}\n`));
    assert.ok(bare.stdout.includes(place.secretText));

    const confined = await place.confined([place.attacker, "descriptors"], {
      wrap,
    });
    assertRan(confined);
    assert.ok(confined.stdout.includes("inherited: 0"), confined.stdout);
    assert.ok(!confined.stdout.includes(place.secretText));
  },
);

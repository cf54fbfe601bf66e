import assert from "node:assert/strict";
import {
  assertPossible,
  assertRan,
  assertRefused,
  tries,
} from "./assertions.ts";
import { attackTest, skipSecurityTest } from "./harness.ts";

attackTest("no key is typed into the caller's terminal", async (place) => {
  const wrap = (argv: readonly string[]) => [
    place.attacker,
    "with-terminal",
    ...argv,
  ];
  const bare = await place.bare([place.attacker, "terminal"], { wrap });
  if (tries(bare.stdout).get("TIOCSTI by stdin") === "refused EIO") {
    skipSecurityTest("this kernel lets nobody type (dev.tty.legacy_tiocsti)");
  }
  assertPossible(
    bare,
    "TIOCSTI by stdin",
    "TIOCSTI with high bits by stdin",
    "TIOCSTI by /dev/tty",
  );
  assert.match(bare.stdout, /^keys nobody typed: [1-9]/m);

  const confined = await place.confined([place.attacker, "terminal"], { wrap });
  assertRan(confined);
  assertRefused(confined);
  assert.match(confined.stdout, /^keys nobody typed: 0$/m);
});

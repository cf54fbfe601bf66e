import assert from "node:assert/strict";
import { assertRan } from "./assertions.ts";
import { attackTest } from "./harness.ts";

const ESC = "\x1b";

attackTest(
  "output obeys no terminal: escape sequences are shown, not sent",
  async (place) => {
    const wrap = (argv: readonly string[]) => [
      place.attacker,
      "with-terminal",
      ...argv,
    ];
    const bare = await place.bare([place.attacker, "escapes"], { wrap });
    assert.ok(bare.stdout.includes(`${ESC}]0;owned`));

    const confined = await place.confined([place.attacker, "escapes"], {
      wrap,
    });
    assertRan(confined);
    // csc's own line may be coloured.
    const printed = /^before .*$/m.exec(confined.stdout)?.[0] ?? "";
    assert.match(printed, /owned.*hidden.* after/);
    assert.ok(!printed.includes(ESC), JSON.stringify(printed));
  },
  { cscOnly: "passes output on as it is" },
);

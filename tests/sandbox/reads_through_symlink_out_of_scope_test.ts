import assert from "node:assert/strict";
import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest(
  "a symlink in the read scope does not open what it points at",
  async (place) => {
    const link = `${place.read}/link`;
    const directory = `${place.read}/directory`;
    await Deno.symlink(place.secret, link);
    await Deno.symlink("../outside", directory);
    const paths = [link, `${directory}/secret`];
    const labels = paths.map((path) => `read ${path}`);
    assertPossible(await place.bareAttack("read", ...paths), ...labels);

    const confined = await place.confinedAttack("read", ...paths);
    assertRan(confined);
    assertRefused(confined, ...labels);
    assert.ok(!confined.stdout.includes(place.secretText));
  },
);

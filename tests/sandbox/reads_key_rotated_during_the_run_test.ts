import assert from "node:assert/strict";
import { attackTest } from "./harness.ts";
import type { Running } from "./running.ts";
import { eventually } from "./running.ts";

/** Waits until there is a new key, and tells it. */
const READ = 'echo "waiting"; ' +
  'until grep -q fresh "$1"; do sleep 0.05; done 2> /dev/null; cat "$1"';

attackTest(
  "a key that takes the place of another during the run is not read",
  async (place) => {
    const old = await Deno.readTextFile(await place.makeKey());
    const keys = await place.mkdir(`${place.read}/keys`, 0o700);
    const key = `${keys}/test.key`;
    const argv = ["/bin/sh", "-c", READ, "sh", key];
    const rotateFor = async (reader: Running) => {
      await eventually(
        "a reader that waits",
        () => reader.ended || reader.output.includes("waiting"),
      );
      await place.file(`${keys}/new`, "fresh\n", 0o600);
      await Deno.rename(`${keys}/new`, key);
      await reader.status();
      await reader.end();
      return reader.output;
    };

    await place.file(key, old, 0o600);
    assert.match(await rotateFor(place.start(argv)), /^waiting\nfresh$/m);

    await place.file(key, old, 0o600);
    const call = await place.prepare(argv, {
      signingKey: key,
      timeoutSec: 5,
    });
    const output = await rotateFor(place.start(call.argv));
    assert.doesNotMatch(output, /^fresh$/m);
    assert.match(output, /holds the signing key/);
  },
  { cscOnly: "holds no key" },
);

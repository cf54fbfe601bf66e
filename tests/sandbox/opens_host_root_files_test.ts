import assert from "node:assert/strict";
import {
  assertBlocked,
  assertPossible,
  assertRan,
  assertRefused,
} from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest(
  "files that only root may open stay closed in system directories",
  async (place) => {
    const file = `${place.outside}/for-root`;
    await place.file(file, "for root alone\n", 0o600);
    assertPossible(await place.bareAttack("read", file), `read ${file}`);

    const show = (directory: string) =>
      `system_dirs: [/usr, /bin, /lib, /lib64, ${directory}]`;
    const read = (runAs: string) =>
      place.confined([place.attacker, "read", file, place.secret], {
        config: `sandbox: {${show(place.outside)}, ${runAs}}\n`,
      });
    // It is the user that stops it: root without capabilities still owns it.
    const asRoot = await read("run_as: keep-root");
    if (asRoot.receipt?.status === "success") {
      assertPossible(asRoot, `read ${file}`);
    }
    const confined = await read('run_as: "65534:65534"');
    assertRan(confined);
    assertPossible(confined, `read ${place.secret}`);
    assertRefused(confined, `read ${file}`);

    // What that user cannot even reach is no riddle.
    await place.mkdir(`${place.private}/tools`);
    const unreached = await place.confined(["true"], {
      config: `sandbox: {${show(`${place.private}/tools`)}}\n`,
    });
    assertBlocked(unreached);
    assert.match(unreached.stderr, /stage mounts: open ".*tools".*EACCES/);
    assert.match(unreached.stderr, /hint: .* run as uid \d+ \("run_as"\)/);
  },
  // Not below /tmp, which a private one covers.
  { callers: ["root"], base: "/var", cscOnly: "runs as its caller" },
);

import assert from "node:assert/strict";
import { attackTest } from "./harness.ts";
import type { Place } from "./place.ts";
import { assertRaceIsWon, rounds, swapping } from "./racing.ts";
import { cscProgram } from "./programs.ts";

const FILES = ["receipt.json", "receipt.json.evidence.json"];

attackTest(
  "the receipt lands where its directory was, not where its name leads",
  async (place) => {
    const receipts = await place.mkdir(`${place.root}/receipts`);
    const moved = `${place.root}/moved`;
    const wait = 'echo "waiting"; until [ -e go ]; do sleep 0.02; done';
    const swap = async () => {
      await Deno.rename(receipts, moved);
      await Deno.symlink(place.outside, receipts);
    };
    // What opens by name at the end is led away.
    const bare = place.start([
      "/bin/sh",
      "-c",
      `${wait}; echo x > "$1/receipt.json"`,
      "sh",
      receipts,
    ]);
    await bare.until("waiting");
    await swap();
    await place.file(`${place.write}/go`, "");
    await bare.status();
    assert.deepEqual(namesIn(moved), []);
    await Deno.remove(`${place.outside}/receipt.json`);
    await Deno.remove(receipts);
    await Deno.rename(moved, receipts);
    await Deno.remove(`${place.write}/go`);

    const call = await place.prepare(["/bin/sh", "-c", wait], {
      receiptOut: `${receipts}/receipt.json`,
    });
    const csc = place.start(call.argv);
    await csc.until("waiting");
    await swap();
    await place.file(`${place.write}/go`, "");
    await csc.status();
    await csc.end();
    assert.deepEqual(namesIn(moved), FILES, csc.output);
    await place.assertOutsideUntouched();
  },
  { cscOnly: "writes no receipt" },
);

attackTest(
  "receipt and evidence stay together while their directory is swapped",
  async (place) => {
    const receipts = await place.mkdir(`${place.root}/receipts`);
    const other = await place.mkdir(`${place.root}/other`);
    const link = `${place.root}/link`;
    await Deno.symlink(other, link);
    await place.file(`${other}/secret`, place.secretText);
    await swapping(place, receipts, link, async (still) => {
      await assertRaceIsWon(
        place,
        receipts,
        `${receipts}/secret`,
        place.secretText,
      );
      const count = rounds(1);
      for (let round = 0; round < count; round++) {
        const call = await place.prepare([place.attacker, "environment"], {
          receiptOut: `${receipts}/receipt.json`,
        });
        const run = await place.bare(call.argv);
        await still(() =>
          assertOnePair(place, [receipts, link, other], run.stderr)
        );
        await place.forgetRun();
      }
    });
  },
  { cscOnly: "writes no receipt" },
);

/**
 * Receipt and evidence are in one directory, valid together and alone; or there
 * is neither, and csc has said why. Takes them away.
 */
async function assertOnePair(
  place: Place,
  candidates: readonly string[],
  said: string,
): Promise<void> {
  const holding = candidates.filter((path) =>
    Deno.lstatSync(path).isDirectory && namesIn(path).length > 0
  );
  assert.ok(holding.length <= 1, `they are torn apart: ${said}`);
  const [directory] = holding;
  if (directory === undefined) {
    assert.match(said, /write receipt/);
    return;
  }
  assert.deepEqual(namesIn(directory), FILES, said);
  const receipt = `${directory}/receipt.json`;
  const verified = await place.bare([
    ...[await cscProgram(place.caller), "verify-receipt", receipt],
    ...["--public-key", `${place.private}/test.pub`, "--key-id", "test"],
    ...["--evidence", `${receipt}.evidence.json`],
  ]);
  assert.equal(verified.code, 0, verified.stderr);
  for (const name of FILES) await Deno.remove(`${directory}/${name}`);
}

function namesIn(path: string): string[] {
  return [...Deno.readDirSync(path)].map(({ name }) => name)
    .filter((name) => name !== "secret").sort();
}

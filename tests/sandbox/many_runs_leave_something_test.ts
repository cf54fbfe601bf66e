import assert from "node:assert/strict";
import { callers } from "./callers.ts";
import { attackTest } from "./harness.ts";
import { leftoversSince, snapshot } from "./leftovers.ts";
import {
  endProcessesMentioning,
  eventually,
  processesMentioning,
} from "./running.ts";
import type { InProcessReport } from "./soak_in_process.ts";
import {
  assertRecordsComplete,
  firstAndLast,
  manyTimes,
  orphanedLaunchers,
  printFigures,
  soakAtOnce,
  soakRuns,
} from "./soaking.ts";

/** A page in each run would be more than this in ten thousand. */
const GROWTH_MIB = 24;

const IN_PROCESS = new URL("./soak_in_process.ts", import.meta.url).pathname;

attackTest(
  "many runs leave no process, mount, cgroup or temporary file",
  async (place) => {
    const beating = `${place.write}/bare`;
    const leaving = [place.attacker, "heartbeat", beating, "leave"];
    await place.start(leaving).status();
    await eventually(
      "the process left behind",
      () => processesMentioning(beating).length > 0,
    );
    await eventually("its end", () => {
      endProcessesMentioning(beating);
      return processesMentioning(beating).length === 0;
    });

    const before = snapshot();
    const runs = Math.ceil(soakRuns() / callers().length);
    const peaks: number[] = [];
    const start = performance.now();
    const argv = [place.attacker, "environment"];
    const wrap = (csc: readonly string[]) => [place.attacker, "peak", ...csc];
    const { argv: call } = await place.prepare(argv);
    const receiptAt = call.indexOf("--receipt-out") + 1;
    await manyTimes(runs, soakAtOnce(), async (index) => {
      const own = [...call];
      own[receiptAt] = `${place.private}/receipts/${index}.json`;
      const run = await place.bare(own, { wrap });
      assert.equal(run.code, 0, run.stderr);
      peaks.push(Number(/^peak MiB: (\d+)$/m.exec(run.stdout)?.[1]));
    });
    const seconds = (performance.now() - start) / 1000;

    assert.deepEqual(processesMentioning(place.attacker), []);
    // One of another csc may be on its way out.
    await eventually("an end of launchers", () => !orphanedLaunchers().length);
    assertRecordsComplete(`${place.private}/state`, runs);
    const receipts = [...Deno.readDirSync(`${place.private}/receipts`)];
    assert.equal(receipts.length, 2 * runs);
    assert.deepEqual(receipts.filter(({ name }) => name.startsWith(".")), []);
    const left = () => leftoversSince(before).filter(isOfKernel);
    await eventually(`the end of ${left().join(", ")}`, () => !left().length);

    const [firstMiB, lastMiB] = firstAndLast(peaks);
    printFigures("csc", place, { runs, seconds, firstMiB, lastMiB });
    assert.ok(lastMiB <= firstMiB + GROWTH_MIB, `${firstMiB} to ${lastMiB}`);
  },
  { cscOnly: "measured only with csc" },
);

function isOfKernel(path: string): boolean {
  return path.startsWith("mount ") || path.startsWith("/sys/");
}

attackTest(
  "many sandboxes of one process leave it no descriptor and no memory",
  async (place) => {
    const call = await place.prepare([place.attacker, "environment"]);
    const runs = soakRuns();
    const { success, stdout, stderr } = await new Deno.Command(
      Deno.execPath(),
      {
        args: [
          ...["run", "-A", "--no-check", IN_PROCESS],
          ...[call.contractPath, call.policyPath],
          ...[String(runs), String(soakAtOnce())],
        ],
      },
    ).output();
    const text = new TextDecoder();
    assert.ok(success, text.decode(stderr));
    const report: InProcessReport = JSON.parse(text.decode(stdout));
    printFigures("in process", null, { runs, ...report });
    assert.equal(report.after, report.before);
    const { firstMiB, lastMiB } = report;
    assert.ok(lastMiB <= firstMiB + GROWTH_MIB, `${firstMiB} to ${lastMiB}`);
  },
  // As who runs the tests.
  {
    callers: [Deno.uid() === 0 ? "root" : "user"],
    cscOnly: "measured only with csc",
  },
);

import assert from "node:assert/strict";
import { createHardenedExecutor } from "../../src/execute/hardened.ts";
import { DEFAULT_PROFILE } from "../../src/plan/sandbox_profile.ts";
import { parseContract } from "../../src/protocol/contract.ts";
import { parsePolicy } from "../../src/protocol/policy.ts";
import { callers } from "./callers.ts";
import { attackTest } from "./harness.ts";
import { leftoversSince, snapshot } from "./leftovers.ts";
import {
  endProcessesMentioning,
  eventually,
  processesMentioning,
} from "./running.ts";
import {
  assertRecordsComplete,
  firstAndLast,
  manyTimes,
  openDescriptors,
  orphanedLaunchers,
  printFigures,
  soakAtOnce,
  soakRuns,
} from "./soaking.ts";

/** A page in each run would be more than this in ten thousand. */
const GROWTH_MIB = 24;

const SILENT = {
  stdoutFd: -1,
  stderrFd: -1,
  progressFd: -1,
  escapeStdout: false,
  escapeStderr: false,
};

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
    const contract = parseContract(
      Deno.readFileSync(call.contractPath),
      call.contractPath,
    );
    const { policy } = await parsePolicy(
      Deno.readFileSync(call.policyPath),
      call.policyPath,
    );
    let count = 0;
    const executor = createHardenedExecutor({
      profileFor: () => DEFAULT_PROFILE,
      // Remembers nothing, so that nothing kept is taken for a leak.
      digests: {
        memory: { find: () => null, remember: () => {} },
        now: () => Date.now(),
      },
      sandboxName: () => `csc-${Deno.pid}-soak-${count++}`,
    });
    const one = async () => {
      const prepared = await executor.prepare(contract, policy, []);
      const { exitCode, error } = await prepared.commands[0]!.run(SILENT);
      assert.equal(exitCode, 0, error);
      prepared.close();
    };
    // Threads, the bridge, caches: made once and kept.
    await manyTimes(2 * soakAtOnce(), soakAtOnce(), one);
    const descriptors = openDescriptors();
    const memory: number[] = [];
    const runs = soakRuns();
    const start = performance.now();
    await manyTimes(runs, soakAtOnce(), async () => {
      await one();
      memory.push(Deno.memoryUsage().rss / 1024 / 1024);
    });
    const seconds = (performance.now() - start) / 1000;
    assert.equal(openDescriptors(), descriptors);
    const [firstMiB, lastMiB] = firstAndLast(memory);
    printFigures("in process", null, { runs, seconds, firstMiB, lastMiB });
    assert.ok(lastMiB <= firstMiB + GROWTH_MIB, `${firstMiB} to ${lastMiB}`);
  },
  // In this very process, so as who it is.
  {
    callers: [Deno.uid() === 0 ? "root" : "user"],
    cscOnly: "measured only with csc",
  },
);

/**
 * Many sandboxes of one process, which counts what it holds before and after:
 *
 *     deno run -A soak_in_process.ts CONTRACT POLICY RUNS AT_ONCE
 *
 * A process of its own, since tests that run beside it open files as well.
 *
 * @module
 */
import { createHardenedExecutor } from "../../src/execute/hardened.ts";
import { DEFAULT_PROFILE } from "../../src/plan/sandbox_profile.ts";
import { parseContract } from "../../src/protocol/contract.ts";
import { parsePolicy } from "../../src/protocol/policy.ts";
import { firstAndLast, manyTimes } from "./soaking.ts";

/** What it prints, as JSON. */
export interface InProcessReport {
  /** Open descriptors, memory files among them. */
  readonly before: number;
  readonly after: number;
  readonly seconds: number;
  readonly firstMiB: number;
  readonly lastMiB: number;
}

const SILENT = {
  stdoutFd: -1,
  stderrFd: -1,
  progressFd: -1,
  escapeStdout: false,
  escapeStderr: false,
};

if (import.meta.main) {
  const [contractPath = "", policyPath = "", runs, atOnce] = Deno.args;
  const report = await soak(
    contractPath,
    policyPath,
    Number(runs),
    Number(atOnce),
  );
  console.log(JSON.stringify(report));
}

async function soak(
  contractPath: string,
  policyPath: string,
  runs: number,
  atOnce: number,
): Promise<InProcessReport> {
  const contract = parseContract(Deno.readFileSync(contractPath), contractPath);
  const bytes = Deno.readFileSync(policyPath);
  const { policy } = await parsePolicy(bytes, policyPath);
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
    if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${error}`);
    prepared.close();
  };
  // Threads, the bridge, caches: made once and kept; heaps of the engine and of
  // libc grow to what so many at once ask for, which takes them hundreds.
  await manyTimes(Math.max(2 * atOnce, runs / 5), atOnce, one);
  const before = openDescriptors();
  const memory: number[] = [];
  const start = performance.now();
  await manyTimes(runs, atOnce, async () => {
    await one();
    memory.push(Deno.memoryUsage().rss / 1024 / 1024);
  });
  const seconds = (performance.now() - start) / 1000;
  const [firstMiB, lastMiB] = firstAndLast(memory);
  return { before, after: openDescriptors(), seconds, firstMiB, lastMiB };
}

function openDescriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

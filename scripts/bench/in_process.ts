/**
 * The launcher and the bridge alone: what a run costs inside a csc that is
 * already there, from the frozen plan to the result.
 *
 * @module
 */
import { createHardenedExecutor } from "../../src/execute/hardened.ts";
import { DEFAULT_PROFILE } from "../../src/plan/sandbox_profile.ts";
import { parseContract } from "../../src/protocol/contract.ts";
import { parsePolicy } from "../../src/protocol/policy.ts";
import type { Workspace } from "./workspace.ts";

const SILENT = {
  stdoutFd: -1,
  stderrFd: -1,
  escapeStdout: false,
  escapeStderr: false,
};

/** Runs the benchmark's command again and again in this process. */
export async function inProcessRounds(space: Workspace): Promise<{
  /** One run; milliseconds. */
  once(): Promise<number>;
  close(): void;
}> {
  const contract = parseContract(
    Deno.readFileSync(space.contract),
    space.contract,
  );
  const { policy } = await parsePolicy(
    Deno.readFileSync(space.policy),
    space.policy,
  );
  let count = 0;
  const digests = new Map<string, string>();
  const executor = createHardenedExecutor({
    profileFor: () => DEFAULT_PROFILE,
    digests: {
      memory: {
        find: (identity) => digests.get(identity) ?? null,
        remember: (identity, sha256) => digests.set(identity, sha256),
      },
      now: () => Date.now(),
    },
    sandboxName: () => `csc-bench-${Deno.pid}-${count++}`,
  });
  const prepared = await executor.prepare(contract, policy, []);
  const [command] = prepared.commands;
  if (command === undefined) throw new Error("the contract has no command");
  return {
    once: async () => {
      const start = performance.now();
      const { exitCode, error } = await command.run(SILENT);
      const took = performance.now() - start;
      if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${error}`);
      return took;
    },
    close: () => prepared.close(),
  };
}

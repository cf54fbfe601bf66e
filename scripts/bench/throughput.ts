/**
 * How much csc does in one process: decisions in a second, bytes of output.
 *
 * @module
 */
import { evaluate } from "../../src/decide/evaluate.ts";
import { parseContract } from "../../src/protocol/contract.ts";
import { parsePolicy } from "../../src/protocol/policy.ts";
import { median, timeProcess } from "./timing.ts";
import { FLOOD, type Workspace } from "./workspace.ts";

const BATCH = 5_000;
const BATCHES = 7;
const FLOODS = 3;
const GIB = 1024 * 1024 * 1024;

/** Decisions in a second, of a contract and a policy that have been read. */
export async function evaluationsPerSecond(space: Workspace): Promise<number> {
  const contract = parseContract(
    Deno.readFileSync(space.contract),
    space.contract,
  );
  const { policy } = await parsePolicy(
    Deno.readFileSync(space.policy),
    space.policy,
  );
  const input = { contract, policy, contractSha256: "0".repeat(64), now: 0 };
  const rates: number[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    const start = performance.now();
    for (let i = 0; i < BATCH; i++) evaluate(input);
    rates.push(BATCH / (performance.now() - start) * 1000);
  }
  return median(rates);
}

/** Bytes in a second through csc, and through a pipe to `cat`. */
export function outputRates(
  space: Workspace,
  csc: string,
): { readonly csc: number; readonly cat: number } {
  const run = ["run", space.floodContract, space.policy, ...space.signing];
  const piped = ["sh", "-c", `${FLOOD.join(" ")} | cat > /dev/null`];
  const times = { csc: [] as number[], cat: [] as number[] };
  for (let round = 0; round < FLOODS; round++) {
    times.csc.push(timeProcess([csc, ...run, "--quiet"], space.root));
    times.cat.push(timeProcess(piped, space.root));
  }
  const rate = (values: number[]) => GIB / median(values) * 1000;
  return { csc: rate(times.csc), cat: rate(times.cat) };
}

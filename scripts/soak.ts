/**
 * The tests that repeat something, with many repetitions:
 *
 *     deno task soak [-- --runs=10000 --at-once=8 --rounds=1000]
 *
 * `--runs`: runs of csc, `--at-once` of them at a time, by both callers
 * together, and as many sandboxes in one process. `--rounds`: of each race, and
 * of the kills at any moment. The gate does the same with a hundred and twenty.
 *
 * @module
 */
import { ROOT } from "./build/paths.ts";

const TESTS = [
  "many_runs_leave_something",
  "kill_of_csc_at_any_moment_leaves_something",
  "swaps_scope_during_start",
  "swaps_cwd_during_start",
  "swaps_executable_during_start",
  "swaps_receipt_directory_during_run",
];

function option(name: string, otherwise: number): string {
  const prefix = `--${name}=`;
  const given = Deno.args.find((arg) => arg.startsWith(prefix));
  const value = given?.slice(prefix.length) ?? String(otherwise);
  if (!/^[1-9]\d*$/.test(value)) {
    console.error(`soak: --${name}=${value} is not a positive integer`);
    Deno.exit(64);
  }
  return value;
}

const env = {
  CSC_SOAK_RUNS: option("runs", 10_000),
  CSC_SOAK_AT_ONCE: option("at-once", 8),
  CSC_RACE_ROUNDS: option("rounds", 1000),
};
let failed = 0;
for (const test of TESTS) {
  const start = performance.now();
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", `tests/sandbox/${test}_test.ts`],
    cwd: ROOT,
    env,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  const minutes = (performance.now() - start) / 60_000;
  console.log(
    `== ${test}: ${success ? "ok" : "FAILED"}, ${minutes.toFixed(1)} min`,
  );
  if (!success) failed++;
}
if (failed > 0) Deno.exit(1);

/**
 * Races: somebody swaps what a contract names for a link to elsewhere, again
 * and again, while csc starts.
 *
 * No round has an outcome that can be foretold: the run may be blocked, its
 * command may find nothing, or all may go well. What must hold in each of them
 * is that nothing outside was seen or touched, and that there is a receipt.
 *
 * @module
 */
import assert from "node:assert/strict";
import { assertPossible } from "./assertions.ts";
import { callers } from "./callers.ts";
import type { Confined, Place } from "./place.ts";
import type { RunOptions } from "./request.ts";
import { eventually, type Running } from "./running.ts";

/** How often a race is run in the gate, by each of its tests. */
const IN_GATE = 20;

/**
 * How often to run a race: few times in the gate, CSC_RACE_ROUNDS in all in
 * `deno task soak`.
 *
 * @param tests How many tests of the file share the rounds, for one caller.
 */
export function rounds(tests: number): number {
  const text = Deno.env.get("CSC_RACE_ROUNDS");
  if (text === undefined) return IN_GATE;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) {
    throw new Error(`read CSC_RACE_ROUNDS: "${text}" is no positive integer`);
  }
  return Math.ceil(count / tests / callers().length);
}

/** Holds the swapper still while one looks at what came of it. */
export type Still = (look: () => Promise<void>) => Promise<void>;

/** Swaps the two names while `during` runs; makes sure that it really did. */
export async function swapping(
  place: Place,
  a: string,
  b: string,
  during: (still: Still) => Promise<void>,
): Promise<void> {
  const swapper: Running = place.start([place.attacker, "exchange", a, b]);
  await swapper.until("swapping");
  const still: Still = async (look) => {
    swapper.kill("SIGSTOP");
    await eventually("a stopped swapper", () => isStopped(swapper.pid));
    try {
      await look();
    } finally {
      swapper.kill("SIGCONT");
    }
  };
  try {
    await during(still);
  } finally {
    if (!swapper.ended) swapper.kill("SIGTERM");
    await swapper.status();
    await swapper.end();
  }
  const swaps = Number(/^swaps: (\d+)$/m.exec(swapper.output)?.[1]);
  assert.ok(swaps > 10, `the swapper did not swap: ${swapper.output}`);
}

function isStopped(pid: number): boolean {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")")).startsWith(") T");
}

/** Who only looks before it reads can be led outside: shown by a reader. */
export async function assertRaceIsWon(
  place: Place,
  object: string,
  path: string,
  text: string,
): Promise<void> {
  const result = await place.bareAttack("look-then-read", object, path, text);
  assertPossible(result, "look, then read");
}

/** A race, and how many tests of its file share the rounds. */
export interface Race {
  readonly name: string;
  readonly tests: number;
}

/**
 * Runs `argv` through csc `rounds(tests)` times and asserts what must hold in each.
 * Prints how the rounds went where it is not the gate that asks.
 */
export async function race(
  place: Place,
  { name, tests }: Race,
  argv: readonly string[],
  options: RunOptions,
  afterEach: (result: Confined) => Promise<void> = async () => {},
): Promise<void> {
  const outcomes: Record<string, number> = {};
  const count = rounds(tests);
  for (let round = 0; round < count; round++) {
    const result = await place.confined(argv, options);
    assert.ok(
      !result.stdout.includes(place.secretText),
      `the command read what lies outside, in round ${round}`,
    );
    await place.assertOutsideUntouched();
    assert.ok(result.receipt !== null, `no receipt: ${result.stderr}`);
    const { status } = result.receipt;
    assert.ok(
      ["success", "failed", "blocked"].includes(status),
      `${status}: ${result.stderr}`,
    );
    if (status === "blocked") assert.notEqual(result.receipt.error ?? "", "");
    outcomes[status] = (outcomes[status] ?? 0) + 1;
    await afterEach(result);
    await place.forgetRun();
  }
  if (count !== IN_GATE) {
    const went = Object.entries(outcomes)
      .map(([status, times]) => `${times} ${status}`).join(", ");
    console.log(`${name}, ${place.caller.name}: ${count} rounds, ${went}`);
  }
}

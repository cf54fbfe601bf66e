/**
 * Whether a process lives on, told by the file to which it keeps writing.
 *
 * @module
 */
import assert from "node:assert/strict";
import { eventually, pause, processesMentioning } from "./running.ts";

/** The attacker adds a byte every 50 ms; this is long enough for several. */
const OBSERVED_MS = 400;

/** Bytes written so far; 0 while there is no file. */
export async function beats(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

/** The survivor of the bare half is there: the attack works. */
export async function assertStillBeating(path: string): Promise<void> {
  const before = await beats(path);
  await eventually("another heartbeat", async () => await beats(path) > before);
}

/** Nobody writes to the file any more, and no process has it in its argv. */
export async function assertStill(
  path: string,
  options: { readonly mayBeMissing?: boolean } = {},
): Promise<void> {
  const before = await beats(path);
  if (options.mayBeMissing !== true) {
    assert.ok(before > 0, "the process never ran");
  }
  assert.deepEqual(processesMentioning(path), []);
  await pause(OBSERVED_MS);
  assert.equal(await beats(path), before, "it still runs");
}

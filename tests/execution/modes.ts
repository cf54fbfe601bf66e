/**
 * Runs of the real executable in both modes and as each caller, with what the
 * receipt says of them.
 *
 * @module
 */
import { attackTest } from "../sandbox/harness.ts";
import type { Place } from "../sandbox/place.ts";
import type { Receipt, RunOptions } from "../sandbox/request.ts";
import { eventually, processesMentioning } from "../sandbox/running.ts";

export const MODES = ["local", "hardened"] as const;

export type Mode = typeof MODES[number];

/** Registers a test for each mode and caller. */
export function modeTest(
  title: string,
  body: (place: Place, mode: Mode) => Promise<void>,
): void {
  for (const mode of MODES) {
    attackTest(`${title}, ${mode}`, (place) => body(place, mode));
  }
}

/** A call of csc in that mode; a pipeline where there are several vectors. */
export async function callIn(
  place: Place,
  mode: Mode,
  vectors: readonly (readonly string[])[],
  options: RunOptions = {},
): Promise<{ argv: readonly string[]; receiptPath: string }> {
  const [first = []] = vectors;
  const call = await place.prepare(first, options);
  if (vectors.length > 1) {
    const contract = JSON.parse(await Deno.readTextFile(call.contractPath));
    const [command] = contract.commands;
    delete command.exec;
    command.pipeline = { segments: vectors.map((argv) => ({ argv })) };
    await place.file(call.contractPath, JSON.stringify(contract));
    const policy = JSON.parse(await Deno.readTextFile(call.policyPath));
    policy.allow_commands = [...new Set(vectors.map(([name]) => name))];
    await place.file(call.policyPath, JSON.stringify(policy));
  }
  return {
    argv: call.argv.map((word) => word === "hardened" ? mode : word),
    receiptPath: call.receiptPath,
  };
}

/** The receipt, or null where there is none. */
export async function receiptAt(path: string): Promise<Receipt | null> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Waits until no process of the machine has `text` in its command line. */
export function endOfAll(text: string): Promise<void> {
  return eventually(
    `the end of all processes with ${text}`,
    () => processesMentioning(text).length === 0,
  );
}

/**
 * Many runs, several at once, and what they would leave behind if each left a
 * little: few in the gate, ten thousand in `deno task soak`.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Place } from "./place.ts";

/** How many runs, of all callers together. */
export function soakRuns(): number {
  return setting("CSC_SOAK_RUNS", 100);
}

/** How many of them at once. */
export function soakAtOnce(): number {
  return setting("CSC_SOAK_AT_ONCE", 8);
}

function setting(name: string, otherwise: number): number {
  const text = Deno.env.get(name) ?? String(otherwise);
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new Error(`read ${name}: "${text}" is no positive integer`);
  }
  return value;
}

/** Calls `one` with 0, 1, ... `count` times, `atOnce` of them at a time. */
export async function manyTimes(
  count: number,
  atOnce: number,
  one: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await one(next++);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
}

/** What a soak has found out, for tests/README.md. */
export interface SoakFigures {
  readonly runs: number;
  readonly seconds: number;
  /** Medians of the first and of the last hundred runs. */
  readonly firstMiB: number;
  readonly lastMiB: number;
}

/** Prints the figures where somebody has asked for more than the gate does. */
export function printFigures(
  what: string,
  place: Place | null,
  { runs, seconds, firstMiB, lastMiB }: SoakFigures,
): void {
  if (!Deno.env.has("CSC_SOAK_RUNS")) return;
  const caller = place === null ? "" : `, ${place.caller.name}`;
  const rate = (runs / seconds).toFixed(0);
  console.log(
    `${what}${caller}: ${runs} runs in ${seconds.toFixed(0)} s (${rate}/s), ` +
      `${firstMiB.toFixed(1)} MiB first, ${lastMiB.toFixed(1)} MiB last`,
  );
}

/** Median of the first and of the last hundred (or tenth) of these. */
export function firstAndLast(values: readonly number[]): [number, number] {
  const share = Math.min(100, Math.ceil(values.length / 10));
  return [median(values.slice(0, share)), median(values.slice(-share))];
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** Launchers whose csc is gone, as their process ids. */
export function orphanedLaunchers(): string[] {
  return [...Deno.readDirSync("/proc")].map(({ name }) => name).filter(
    (pid) => {
      if (!/^\d+$/.test(pid)) return false;
      try {
        const command = Deno.readTextFileSync(`/proc/${pid}/cmdline`);
        const status = Deno.readTextFileSync(`/proc/${pid}/status`);
        return command.startsWith("csc-launcher\0") &&
          /^PPid:\t1$/m.test(status);
      } catch {
        return false; // it ended while we looked
      }
    },
  );
}

/** Every run has its record, complete, and nothing half done lies about. */
export function assertRecordsComplete(state: string, runs: number): void {
  const records = [...Deno.readDirSync(`${state}/runs`)];
  assert.equal(records.length, runs);
  for (const { name } of records) {
    const files = [...Deno.readDirSync(`${state}/runs/${name}`)]
      .map((entry) => entry.name);
    for (const wanted of ["intent.json", "evidence.json", "receipt.json"]) {
      assert.ok(files.includes(wanted), `${name} has no ${wanted}`);
    }
    const stray = files.filter((file) => file.startsWith("."));
    assert.deepEqual(stray, [], name);
  }
}

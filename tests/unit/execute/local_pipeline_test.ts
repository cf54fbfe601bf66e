import assert from "node:assert/strict";
import type { Command } from "../../../src/protocol/contract.ts";
import { command } from "../run/fakes.ts";
import { PLACE, run } from "./local_runs.ts";

/** A pipeline of shell scripts. */
function pipe(...scripts: string[]): Partial<Command> {
  const { exec: _, ...rest } = command("one", { cwd: PLACE, read_paths: [] });
  const segments = scripts.map((script) => ({ argv: ["sh", "-c", script] }));
  return { ...rest, pipeline: { segments } };
}

function runPipe(...scripts: string[]) {
  const one = pipe(...scripts) as Record<string, unknown>;
  // `command()` fills exec in; a pipeline has none.
  return run({ ...one, exec: undefined } as unknown as Partial<Command>);
}

Deno.test("local pipeline connects its segments", async () => {
  const result = await runPipe(
    "echo b; echo a; echo e1 >&2",
    "sort",
    "tr a-z A-Z; echo e3 >&2",
  );
  assert.equal(result.exitCode, 0);
  assert.equal(result.out, "A\nB\n");
  assert.deepEqual(result.err.trim().split("\n").sort(), ["e1", "e3"]);
});

Deno.test("local pipeline excuses an early writer of a reader that is done", async () => {
  const result = await runPipe("yes", "head -1");
  assert.deepEqual([result.exitCode, result.out], [0, "y\n"]);
});

Deno.test("local pipeline fails with the first segment that fails", async () => {
  assert.equal((await runPipe("exit 3", "cat; exit 4", "cat")).exitCode, 3);
});

Deno.test("local pipeline starts nothing it cannot start whole", async () => {
  const result = await run({
    exec: undefined,
    pipeline: {
      segments: [{ argv: ["sleep", "100"] }, { argv: ["csc-none"] }],
    },
  } as unknown as Partial<Command>);
  assert.equal(result.exitCode, 127);
});

Deno.test("local pipeline has one deadline for all", async () => {
  const one = pipe("sleep 100", "sleep 100") as Record<string, unknown>;
  const result = await run(
    { ...one, exec: undefined, timeout_sec: 1 } as unknown as Partial<Command>,
  );
  assert.deepEqual([result.exitCode, result.timedOut], [124, true]);
});

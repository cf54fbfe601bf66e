/**
 * Commands run by the local executor, and what came of them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { utf8 } from "../../../src/core/bytes.ts";
import type { CommandResult } from "../../../src/execute/executor.ts";
import { createLocalExecutor } from "../../../src/execute/local.ts";
import {
  type EndingSignals,
  heardEnding,
  onEndingSignal,
} from "../../../src/execute/signals.ts";
import type { Command, Contract } from "../../../src/protocol/contract.ts";
import type { Policy } from "../../../src/protocol/policy.ts";
import { command } from "../run/fakes.ts";
import { tempPlace } from "../run/temp_place.ts";

/** Where they run. */
export const PLACE = tempPlace();
export const PATH = Deno.env.get("PATH") ?? "/usr/bin:/bin";

/** A policy of these prefixes. */
export function policyFor(...prefixes: string[]): Policy {
  return {
    allowed_cwd_prefixes: prefixes,
    allowed_read_prefixes: prefixes,
    allowed_write_prefixes: prefixes,
  } as unknown as Policy;
}

/** How a run departs from the usual one. */
export interface Setting {
  readonly env?: Record<string, Uint8Array>;
  readonly escape?: boolean;
  readonly policy?: Policy;
  readonly signals?: EndingSignals;
}

/** Has one command checked. */
export function prepare(one: Partial<Command>, setting: Setting = {}) {
  const live = { 1: "", 2: "" };
  const executor = createLocalExecutor({
    environment: () =>
      new Map(Object.entries({ PATH: utf8(PATH), ...setting.env })),
    monotonic: () => 0,
    write: (fd, bytes) => {
      if (fd === 1 || fd === 2) live[fd] += new TextDecoder().decode(bytes);
      return Promise.resolve();
    },
    digests: { memory: null, now: () => Date.now() },
    signals: setting.signals ??
      { heard: heardEnding, onEnding: onEndingSignal },
  });
  const contract = {
    commands: [command("one", { cwd: PLACE, read_paths: [], ...one })],
  } as unknown as Contract;
  const policy = setting.policy ?? policyFor(PLACE);
  return { live, prepared: executor.prepare(contract, policy, []) };
}

/** Runs one command to its end. */
export async function run(one: Partial<Command>, setting: Setting = {}) {
  const { live, prepared } = prepare(one, setting);
  const [first] = (await prepared).commands;
  const escape = setting.escape ?? false;
  const result = await first!.run({
    stdoutFd: 1,
    stderrFd: 2,
    escapeStdout: escape,
    escapeStderr: escape,
  });
  return {
    ...result,
    live,
    out: text(result, "stdout"),
    err: text(result, "stderr"),
  };
}

function text(result: CommandResult, name: "stdout" | "stderr"): string {
  return new TextDecoder().decode(result[name].bytes);
}

/** A command that is a shell script. */
export const sh = (script: string): Partial<Command> => ({
  exec: { argv: ["sh", "-c", script] },
});

/** "" for a process that is gone. */
function processState(pid: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1] ?? "";
  } catch (error) {
    assert.ok(error instanceof Deno.errors.NotFound);
    return "";
  }
}

/**
 * True death or a zombie that init has yet to reap. A killed process dies when
 * it is next scheduled, so a few looks are allowed.
 */
export async function assertGone(pid: number): Promise<void> {
  assert.ok(pid > 1);
  let state = processState(pid);
  for (let look = 0; look < 100 && !/^(?:$|Z)/.test(state); look++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    state = processState(pid);
  }
  assert.match(state, /^(?:$|Z)/, "still there");
}

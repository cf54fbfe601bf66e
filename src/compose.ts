/**
 * Names every concrete backend, together with `compose_run.ts`, and nobody else
 * does; the one home of clock and randomness.
 *
 * @module
 */
import { buildInfo } from "./build_info.ts";
import type { Backends } from "./cli/backends.ts";
import { createTerminal } from "./cli/terminal.ts";
import type { Clock, Random } from "./core/ambient.ts";

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

const random: Random = {
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
};

/** Every permission that Deno knows. */
const PERMISSIONS: readonly Deno.PermissionName[] = [
  "run",
  "read",
  "write",
  "net",
  "env",
  "sys",
  "ffi",
];

/** The real outside world. */
export function compose(): Backends {
  return {
    terminal: createTerminal(),
    clock,
    random,
    uid,
    env: (name) => Deno.env.get(name),
    buildFacts: buildInfo,
    executable: () => Deno.readLinkSync("/proc/self/exe"),
    keepOnly,
    forRun: async () => (await import("./compose_run.ts")).RUN,
  };
}

/** 0 where the platform has no numeric users. */
function uid(): number {
  return Deno.uid() ?? 0;
}

function keepOnly(kept: readonly Deno.PermissionName[]): void {
  for (const name of PERMISSIONS) {
    if (!kept.includes(name)) Deno.permissions.revokeSync({ name });
  }
}

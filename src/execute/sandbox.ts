/**
 * One sandbox from its frozen plan to its result: cgroup, memory files, the
 * call that runs it, and the gate that holds the command back until csc has
 * made its intent durable.
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import type { Plan } from "../plan/plan.ts";
import { KEEP_ROOT } from "../plan/sandbox_profile.ts";
import { encodePlan } from "../plan/wire.ts";
import { type Cgroup, type CgroupHome, makeCgroup } from "./cgroup.ts";
import {
  type CommandResult,
  type OutputRoute,
  type StartedCommand,
  STDERR_CAP,
  STDOUT_CAP,
} from "./executor.ts";
import {
  closeDescriptor,
  makeGate,
  openGate,
  releaseAnswer,
  runSandbox,
  sealedMemory,
  takeOutput,
} from "./native.ts";
import { interpret } from "./result.ts";
import { type EndingSignal, heardEnding, onEndingSignal } from "./signals.ts";
import { ANSWER_LEN, decodeAnswer, encodeRequest } from "./status.ts";

/** What all sandboxes of a run share. */
export interface SandboxSetting {
  readonly home: CgroupHome | null;
  readonly launcherFd: number;
  /** A fresh name for a sandbox's cgroup. */
  readonly sandboxName: () => string;
}

/**
 * The kernel exempts uid 0 from the limit on processes, so that a command which
 * stays root only a cgroup bounds. Throws SANDBOX_UNAVAILABLE where there is none.
 */
export function refuseUnboundedRoot(uid: number, bounded: boolean): void {
  if (uid !== 0 || bounded) return;
  throw new CscError(
    "SANDBOX_UNAVAILABLE",
    "bound the processes of a command run by root: no cgroup with the pids controller can be had",
    {
      hint:
        `Take "run_as: ${KEEP_ROOT}" out of the configuration, or delegate a cgroup to csc.`,
    },
  );
}

/** Starts building a sandbox on another thread; its command waits for release. */
export function startSandbox(
  setting: SandboxSetting,
  plan: Plan,
  route: OutputRoute,
): StartedCommand {
  const cgroup = setting.home === null
    ? null
    : makeCgroup(setting.home, setting.sandboxName(), plan.cgroup);
  const taken: number[] = [];
  const giveBack = () => {
    for (const fd of taken.splice(0)) closeDescriptor(fd);
    cgroup?.remove();
  };
  try {
    refuseUnboundedRoot(plan.runAs.uid, cgroup?.limitsProcesses === true);
    const planFd = sealedMemory("csc-plan", encodePlan(plan), false);
    taken.push(planFd);
    const gate = makeGate();
    taken.push(gate);
    const parts: SandboxParts = { planFd, gate, cgroup, interrupted: null };
    const result = launch(setting, plan, parts, route).finally(giveBack);
    // Whoever releases or abandons hears of a failure; until then nobody does.
    result.catch(() => {});
    return {
      release() {
        // Told to end while this stood ready: it never starts.
        parts.interrupted = heardEnding();
        openGate(gate, parts.interrupted === null);
        const forget = onEndingSignal((signal) => {
          parts.interrupted ??= signal;
          openGate(gate, false);
        });
        return result.finally(forget);
      },
      async abandon() {
        openGate(gate, false);
        await result.catch(() => {});
      },
    };
  } catch (error) {
    giveBack();
    throw error;
  }
}

/** What one sandbox has of its own. */
interface SandboxParts {
  readonly planFd: number;
  readonly gate: number;
  readonly cgroup: Cgroup | null;
  /** The signal that csc was told to end with. */
  interrupted: EndingSignal | null;
}

async function launch(
  setting: SandboxSetting,
  plan: Plan,
  parts: SandboxParts,
  route: OutputRoute,
): Promise<CommandResult> {
  const { planFd, gate, cgroup } = parts;
  const cgroupFiles = new TextEncoder().encode(
    (cgroup?.entryFiles ?? []).map((file) => `${file}\0`).join(""),
  );
  const request = encodeRequest({
    launcherFd: setting.launcherFd,
    planFd,
    ...route,
    progressFd: route.progressFd ?? -1,
    deadlineMs: plan.timeoutSec * 1000,
    stdoutCap: STDOUT_CAP,
    stderrCap: STDERR_CAP,
    cgroupFilesLen: cgroupFiles.length,
    gateFd: gate,
  });
  const answer = new Uint8Array(ANSWER_LEN);
  // An empty buffer has no address that the bridge could be given.
  const files = cgroupFiles.length > 0 ? cgroupFiles : new Uint8Array(1);
  await runSandbox(request, files, answer);
  try {
    const decoded = decodeAnswer(answer);
    return interpret(plan, decoded, {
      stdout: takeOutput(decoded.stdout.at, decoded.stdout.kept),
      stderr: takeOutput(decoded.stderr.at, decoded.stderr.kept),
      limits: limitFacts(plan, cgroup),
      cgroup: cgroup?.report() ?? null,
      interrupted: parts.interrupted,
    });
  } finally {
    releaseAnswer(answer);
  }
}

/** Each limit and the mechanism of the kernel that enforces it. */
function limitFacts(plan: Plan, cgroup: Cgroup | null): JsonObject[] {
  const limits: JsonObject[] = plan.limits.map(({ name, value }) => ({
    limit: name,
    value,
    by: "rlimit",
  }));
  const by = `cgroup v${cgroup?.version}`;
  if (cgroup?.limitsMemory === true) {
    limits.push({ limit: "memory_bytes", value: plan.cgroup.memoryBytes, by });
  }
  if (cgroup?.limitsProcesses === true) {
    limits.push({ limit: "processes", value: plan.cgroup.processes, by });
  }
  return limits;
}

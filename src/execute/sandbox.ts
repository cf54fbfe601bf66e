/**
 * One sandbox from its frozen plan to its result: cgroup, memory files, the
 * call that runs it, and the gate that holds the command back until csc has
 * made its intent durable.
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { isInside } from "../core/path.ts";
import type { Plan } from "../plan/plan.ts";
import { KEEP_ROOT } from "../plan/sandbox_profile.ts";
import { encodePlan } from "../plan/wire.ts";
import { type Cgroup, type CgroupHome, makeCgroup } from "./cgroup.ts";
import {
  digestFile,
  type DigestSources,
  executableEvidence,
  type FileDigest,
} from "./executables.ts";
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
import {
  decodeObservation,
  type Observation,
  OBSERVATION_MAX,
} from "./observation.ts";
import { interpret } from "./result.ts";
import { type EndingSignal, heardEnding, onEndingSignal } from "./signals.ts";
import {
  ANSWER_LEN,
  decodeAnswer,
  encodeRequest,
  type RunAnswer,
} from "./status.ts";

/** What all sandboxes of a run share. */
export interface SandboxSetting {
  readonly home: CgroupHome | null;
  readonly launcherFd: number;
  /** A fresh name for a sandbox's cgroup. */
  readonly sandboxName: () => string;
  readonly digests: DigestSources;
  readonly protectedPaths: readonly string[];
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
    const bounded = cgroup?.limits.some(({ limit }) => limit === "processes");
    refuseUnboundedRoot(plan.runAs.uid, bounded === true);
    const planFd = sealedMemory("csc-plan", encodePlan(plan), false);
    taken.push(planFd);
    const gate = makeGate();
    taken.push(gate);
    const early = plan.segments.map(({ file }) =>
      isWritable(plan, file) ? digestFile(file) : null
    );
    const parts: SandboxParts = {
      planFd,
      gate,
      cgroup,
      observation: new Uint8Array(OBSERVATION_MAX),
      early,
      looked: null,
      interrupted: null,
      ended: null,
    };
    const result = launch(setting, plan, parts, route).finally(giveBack);
    // Whoever releases or abandons hears of a failure; until then nobody does.
    for (const pending of [result, ...early]) pending?.catch(() => {});
    const abandon = async () => {
      openGate(gate, false);
      await result.catch(() => {});
    };
    return {
      async release() {
        try {
          await Promise.all(early);
        } catch (error) {
          await abandon();
          throw error;
        }
        // Told to end while this stood ready: it never starts.
        parts.interrupted = heardEnding();
        openGate(gate, parts.interrupted === null);
        const forget = onEndingSignal((signal) => {
          parts.interrupted ??= signal;
          openGate(gate, false);
        });
        // While the command starts there is nothing else to do; should it not
        // stand ready yet, its end is early enough. (A timer costs 5 ms.)
        look(setting, plan, parts);
        return await result.finally(forget);
      },
      abandon,
      end(why) {
        parts.ended ??= why;
        openGate(gate, false);
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
  /** Filled by the bridge before the command can start. */
  readonly observation: Uint8Array<ArrayBuffer>;
  /** Digests of the segments' files that the command itself may write to. */
  readonly early: readonly (Promise<FileDigest> | null)[];
  /** What was found in the observation, once somebody has looked. */
  looked: Looked | null;
  /** The signal that csc was told to end with. */
  interrupted: EndingSignal | null;
  /** Why csc itself has ended the command, if it has. */
  ended: string | null;
}

/** An observation and what follows from it. */
interface Looked {
  readonly seen: Observation;
  readonly executables: Promise<readonly JsonObject[]>;
  readonly interpreters: Promise<readonly JsonObject[]>;
}

/** Reads the observation, as soon as there is one and only once. */
function look(
  { digests }: SandboxSetting,
  plan: Plan,
  parts: SandboxParts,
): Looked | null {
  if (parts.looked !== null) return parts.looked;
  const seen = decodeObservation(parts.observation);
  if (seen === null) return null;
  const executables = Promise.all(plan.segments.flatMap(({ file }, index) => {
    const observed = seen.files[index];
    const early = parts.early[index] ?? null;
    return observed === undefined
      ? []
      : [executableEvidence(file, observed, early, digests)];
  }));
  const interpreters = Promise.all(
    interpretersOf(plan).flatMap((path, index) => {
      const observed = seen.files[plan.segments.length + index];
      return observed === undefined
        ? []
        : [executableEvidence(path, observed, null, digests)];
    }),
  );
  // Whoever waits for them hears of a failure.
  executables.catch(() => {});
  interpreters.catch(() => {});
  return parts.looked = { seen, executables, interpreters };
}

/**
 * Takes back digests of what a segment that was started earlier may have
 * changed in time; nobody looked again where PID 1 was killed.
 */
function stillTrue(
  executables: readonly JsonObject[],
  { segments }: RunAnswer,
  { early }: SandboxParts,
): readonly JsonObject[] {
  return executables.map((fact, index) => {
    const changed = segments[index]?.changed;
    const kept = changed === false ||
      (changed === undefined && (index === 0 || early[index] === null));
    return kept
      ? fact
      : { ...fact, sha256: null, reason: "it could be changed at its start" };
  });
}

/** In the order in which PID 1 looks at them. */
function interpretersOf({ tree }: Plan): string[] {
  return tree.flatMap((op) =>
    op.op === "pin" && op.interpreter ? [op.path] : []
  );
}

/** Whether the command may write to a file that it is started from. */
function isWritable({ tree }: Plan, file: string): boolean {
  return tree.some((op) =>
    (op.op === "bind" ? !op.readOnly : op.op === "overlay") &&
    isInside(file, op.path)
  );
}

async function launch(
  setting: SandboxSetting,
  plan: Plan,
  parts: SandboxParts,
  route: OutputRoute,
): Promise<CommandResult> {
  const { planFd, gate, cgroup, observation } = parts;
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
  await runSandbox(request, files, answer, observation);
  try {
    const decoded = decodeAnswer(answer);
    const looked = look(setting, plan, parts);
    return interpret(plan, decoded, {
      stdout: takeOutput(decoded.stdout.at, decoded.stdout.kept),
      stderr: takeOutput(decoded.stderr.at, decoded.stderr.kept),
      seen: looked?.seen ?? null,
      executables: stillTrue(await looked?.executables ?? [], decoded, parts),
      interpreters: await looked?.interpreters ?? [],
      cgroupLimits: cgroup?.limits ?? [],
      cgroup: cgroup?.report() ?? null,
      interrupted: parts.interrupted,
      ended: parts.ended,
    });
  } finally {
    releaseAnswer(answer);
  }
}

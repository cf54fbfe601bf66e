/**
 * From the launcher's answer to the result of a command (protocol §6, exit
 * codes): pure, so that every way a sandbox can end is tested without one.
 *
 * @module
 */
import { sha256Hex } from "../core/digest.ts";
import { CscError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { quote } from "../core/text.ts";
import type { Identity, Plan } from "../plan/plan.ts";
import {
  type CgroupLimit,
  type CgroupReport,
  reachesMemoryLimit,
} from "./cgroup.ts";
import { errnoText } from "./errno.ts";
import type { CapturedStream, CommandResult } from "./executor.ts";
import { firstFailure } from "./first_failure.ts";
import { limitEvidence } from "./limit_facts.ts";
import { noExecHint } from "./noexec_hint.ts";
import type { Observation } from "./observation.ts";
import { type EndingSignal, interruptedBy } from "./signals.ts";
import type { RunAnswer, SegmentStatus, StreamAnswer } from "./status.ts";
import { unavailable } from "./unavailable.ts";

const ENOENT = 2;
const EACCES = 13;
const ESTALE = 116;
const SIGKILL = 9;
const EXIT_TIMED_OUT = 124;
const EXIT_NOT_EXECUTABLE = 126;
const EXIT_NOT_FOUND = 127;
const SIGNAL_BASE = 128;

/** What the executor holds beside the answer. */
export interface RunFacts {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** What PID 1 saw before the command could start; null: it never could. */
  readonly seen: Observation | null;
  readonly executables: readonly JsonObject[];
  readonly interpreters: readonly JsonObject[];
  readonly cgroupLimits: readonly CgroupLimit[];
  readonly cgroup: CgroupReport | null;
  /** The signal that csc was told to end with while the command ran. */
  readonly interrupted: EndingSignal | null;
  /** Why csc itself has ended the command, if it has. */
  readonly ended?: string | null;
}

/** How a command ended: the code for the receipt, and why if not by itself. */
interface Ending {
  readonly exitCode: number;
  readonly error: string;
  /** The signal that ended the command, where one did. */
  readonly signal?: number;
  /** True where the error says so already. */
  readonly outOfMemory?: true;
}

/**
 * The result of one sandbox. Throws SANDBOX_UNAVAILABLE, or NOT_ENFORCEABLE for
 * a file system that cannot show files under another owner, when it could not
 * be built: then the command has not run and the receipt says blocked.
 */
export function interpret(
  plan: Plan,
  answer: RunAnswer,
  facts: RunFacts,
): CommandResult {
  if (answer.failure !== null) throw unavailable(answer.failure, plan);
  const timedOut = isPastDeadline(plan, answer);
  const ending = timedOut ? pastDeadline(plan) : endingOf(plan, answer, facts);
  const { seen, cgroup } = facts;
  return {
    exitCode: ending.exitCode,
    error: ending.error,
    notes: notesOf(plan, ending, facts),
    timedOut,
    stdout: captured(facts.stdout, answer.stdout),
    stderr: captured(facts.stderr, answer.stderr),
    facts: {
      // Of a sandbox that was killed: those that stood before its command.
      stages: answer.outcome === "reported"
        ? answer.stagesApplied
        : seen?.stages ?? [],
      plan_sha256: answer.planSha256,
      sandbox: seen === null
        ? null
        : { ...seen.seen, seccomp_filter_sha256: answer.filterSha256 },
      executables: facts.executables,
      interpreters: facts.interpreters,
      limits: limitEvidence(plan, seen, facts.cgroupLimits, cgroup),
      usage: {
        user_us: answer.userUs,
        system_us: answer.systemUs,
        peak_memory_bytes: cgroup?.peakMemoryBytes ?? null,
        peak_processes: cgroup?.peakProcesses ?? null,
        oom_kills: cgroup?.oomKills ?? null,
      },
      segments: answer.segments.map(segmentJson),
      wall_us: answer.wallUs,
      ran_us: answer.ranUs,
      spawn_us: answer.spawnUs,
    },
  };
}

/**
 * Killed at the deadline, or ended by itself behind it: then csc was not there
 * to kill it, because somebody had stopped csc, but PID 1 has kept the time.
 */
function isPastDeadline(plan: Plan, answer: RunAnswer): boolean {
  return answer.outcome === "timed_out" ||
    answer.ranUs > plan.timeoutSec * 1_000_000;
}

function pastDeadline(plan: Plan): Ending {
  return {
    exitCode: EXIT_TIMED_OUT,
    error: `command timed out after ${plan.timeoutSec} seconds`,
  };
}

/** What a person should know and the ending does not say. */
function notesOf(
  plan: Plan,
  ending: Ending,
  { cgroup, stderr }: RunFacts,
): string[] {
  const kills = outOfMemory(plan, cgroup);
  // Most runs succeed, and load no words for failures.
  const hint = ending.exitCode === 0
    ? null
    : noExecHint(plan, ending.exitCode, stderr);
  return [
    ...(kills === null || ending.outOfMemory ? [] : [kills]),
    ...(hint === null ? [] : [hint]),
  ];
}

function endingOf(plan: Plan, answer: RunAnswer, facts: RunFacts): Ending {
  const kills = outOfMemory(plan, facts.cgroup);
  // Two facts and no cause: a command can lose a child to the kernel and then
  // send itself the signal.
  const killedForMemory = ({ exitCode, error }: Ending): Ending => ({
    exitCode,
    error: kills === null
      ? error
      : `${error || "command was killed (SIGKILL)"}; ${kills}`,
    ...(kills === null ? {} : { outOfMemory: true }),
  });
  switch (answer.outcome) {
    case "reported": {
      // A segment that nobody has spoken of cannot have succeeded.
      if (answer.segments.length !== plan.segments.length) {
        return killedForMemory(withoutReport(answer));
      }
      const ending = pipelineEnding(plan, answer.segments);
      return ending.signal === SIGKILL ? killedForMemory(ending) : ending;
    }
    case "abandoned":
      if (facts.interrupted !== null) {
        return interruptedBy(facts.interrupted);
      }
      if (facts.ended != null) {
        return { exitCode: SIGNAL_BASE + SIGKILL, error: facts.ended };
      }
      throw new CscError(
        "SANDBOX_UNAVAILABLE",
        "wait for the start: the sandbox was given up before its command ran",
        { hint: "The disk of the state directory may be too slow; try again." },
      );
    default:
      return killedForMemory(withoutReport(answer));
  }
}

/** PID 1 is gone without a word: only the kernel can have done that. */
function withoutReport(answer: RunAnswer): Ending {
  return {
    exitCode: SIGNAL_BASE + SIGKILL,
    error: `sandbox ended without a report (signal ${answer.killedBy})`,
  };
}

/**
 * What the cgroup counted of kills for memory; null if nothing. The kernel
 * kills at the limit, and anywhere when the machine has no more.
 */
function outOfMemory(plan: Plan, cgroup: CgroupReport | null): string | null {
  const kills = cgroup?.oomKills ?? 0;
  if (cgroup === null || kills === 0) return null;
  const limit = plan.cgroup.memoryBytes;
  const whose = reachesMemoryLimit(cgroup.peakMemoryBytes, limit)
    ? `limit ${limit} bytes`
    : "of the host, below the limit";
  return `out of memory (${whose}): the kernel killed ${kills} of its processes`;
}

/** The ending of the segment that speaks for all of them. */
function pipelineEnding(
  plan: Plan,
  segments: readonly SegmentStatus[],
): Ending {
  const endings = segments.map((segment, index) =>
    segmentEnding(segment, plan.segments[index]?.argv[0] ?? "", plan.runAs)
  );
  const failed = firstFailure(endings.map(({ exitCode }) => exitCode));
  return endings[failed] ?? { exitCode: 0, error: "" };
}

function segmentEnding(
  segment: SegmentStatus,
  name: string,
  runAs: Identity,
): Ending {
  if (segment.execErrno !== 0) {
    const missing = segment.execErrno === ENOENT;
    if (segment.execErrno === ESTALE) {
      return {
        exitCode: EXIT_NOT_EXECUTABLE,
        error: `execute ${
          quote(name)
        } in the sandbox: its file was changed or replaced while the run started`,
      };
    }
    return {
      exitCode: missing ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE,
      error: missing
        ? `execute ${
          quote(name)
        } in the sandbox: it, its interpreter or what it links to is not shown there`
        : `execute ${quote(name)} in the sandbox: ${
          errnoText(segment.execErrno)
        }${
          runAs.switched && segment.execErrno === EACCES
            ? ` for uid ${runAs.uid}, as which root's commands run`
            : ""
        }`,
    };
  }
  if (segment.signal !== null) {
    const { signal } = segment;
    return { exitCode: SIGNAL_BASE + signal, error: "", signal };
  }
  return { exitCode: segment.exitCode ?? 0, error: "" };
}

function captured(
  bytes: Uint8Array,
  counts: StreamAnswer,
): CapturedStream {
  return {
    bytes,
    total: counts.total,
    truncated: counts.total > counts.kept,
    sha256: counts.sha256,
    ...(counts.lost === 0 ? {} : { lost: errnoText(counts.lost) }),
  };
}

function segmentJson(segment: SegmentStatus): JsonObject {
  return {
    exit_code: segment.exitCode,
    signal: segment.signal,
    exec_errno: segment.execErrno,
    user_us: segment.userUs,
    system_us: segment.systemUs,
    max_rss_kib: segment.maxRssKib,
  };
}

/** The result of a command that could not be started at all. */
export async function notStarted(
  exitCode: 126 | 127,
  error: string,
): Promise<CommandResult> {
  const bytes = new Uint8Array(0);
  const empty = {
    bytes,
    total: 0,
    truncated: false,
    sha256: await sha256Hex(bytes),
  };
  return {
    exitCode,
    timedOut: false,
    error,
    notes: [],
    stdout: empty,
    stderr: empty,
    facts: { stages: [] },
  };
}

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
import { KEEP_ROOT } from "../plan/sandbox_profile.ts";
import {
  type CgroupLimit,
  type CgroupReport,
  reachesMemoryLimit,
} from "./cgroup.ts";
import { errnoText } from "./errno.ts";
import type { CapturedStream, CommandResult } from "./executor.ts";
import { firstFailure } from "./first_failure.ts";
import { limitEvidence } from "./limit_facts.ts";
import type { Observation } from "./observation.ts";
import { type EndingSignal, interruptedBy } from "./signals.ts";
import type {
  NativeFailure,
  RunAnswer,
  SegmentStatus,
  StreamAnswer,
} from "./status.ts";

const ENOENT = 2;
const EACCES = 13;
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
  readonly cgroupLimits: readonly CgroupLimit[];
  readonly cgroup: CgroupReport | null;
  /** The signal that csc was told to end with while the command ran. */
  readonly interrupted: EndingSignal | null;
}

/** How a command ended: the code for the receipt, and why if not by itself. */
interface Ending {
  readonly exitCode: number;
  readonly error: string;
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
    notes: notesOf(plan, ending, cgroup),
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
  cgroup: CgroupReport | null,
): string[] {
  const kills = cgroup?.oomKills ?? 0;
  if (cgroup === null || kills === 0 || ending.outOfMemory) return [];
  return [
    `${outOfMemory(plan, cgroup)}: the kernel killed ${kills} of its processes`,
  ];
}

function endingOf(plan: Plan, answer: RunAnswer, facts: RunFacts): Ending {
  const { cgroup } = facts;
  const killedForMemory = (ending: Ending): Ending =>
    cgroup === null || (cgroup.oomKills ?? 0) === 0 ? ending : {
      exitCode: ending.exitCode,
      error: `command was killed: ${outOfMemory(plan, cgroup)}`,
      outOfMemory: true,
    };
  switch (answer.outcome) {
    case "reported": {
      // A segment that nobody has spoken of cannot have succeeded.
      if (answer.segments.length !== plan.segments.length) {
        return killedForMemory(withoutReport(answer));
      }
      const ending = pipelineEnding(plan, answer.segments);
      return ending.exitCode === SIGNAL_BASE + SIGKILL
        ? killedForMemory(ending)
        : ending;
    }
    case "abandoned":
      if (facts.interrupted !== null) {
        return interruptedBy(facts.interrupted);
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

/** The kernel kills at the limit, and anywhere when the machine has no more. */
function outOfMemory(plan: Plan, { peakMemoryBytes }: CgroupReport): string {
  const limit = plan.cgroup.memoryBytes;
  return reachesMemoryLimit(peakMemoryBytes, limit)
    ? `out of memory (limit ${limit} bytes)`
    : "out of memory (of the host, below the limit)";
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
    return { exitCode: SIGNAL_BASE + segment.signal, error: "" };
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

/** What a person can do about a stage that the kernel refused. */
const HINTS: Readonly<Record<string, string>> = {
  spawn:
    'The host may forbid user namespaces to this user, or all of them are in use; "csc doctor" says which, and what to do.',
  user_namespace:
    'The host forbids user namespaces to this user; "csc doctor" says by what, and what to do.',
  mounts:
    "A scope changed since planning, or a container hides parts of /proc; run csc on the host or with an unmasked /proc.",
  cwd: "The cwd must lie inside a declared scope or an allowed read prefix.",
  seccomp: "The kernel must be built with CONFIG_SECCOMP_FILTER.",
  idmap:
    `The file system there (or one mounted below it) has no idmapped mounts, which a command of root's needs to run as another user, or csc is root of a container only. Use a scope on ext4, xfs, btrfs or (Linux 6.3) tmpfs, start csc as the files' owner, or configure "run_as: ${KEEP_ROOT}" on a host with a pids cgroup.`,
};

const EAGAIN = 11;
const ENOMEM = 12;
const ENFILE = 23;
const EMFILE = 24;
const ENOSYS = 38;

/** What is exhausted or missing says more than where it was noticed. */
function hintFor({ stage, errno }: NativeFailure): string {
  switch (errno) {
    case EAGAIN:
    case ENOMEM:
    case ENFILE:
    case EMFILE:
      return "The machine, or a limit on csc itself, has no more processes, memory or open files (ulimit -a).";
    case ENOSYS:
      return "csc needs Linux 5.12 or newer.";
  }
  return HINTS[stage] ??
    "csc needs Linux 5.12 or newer; if it is, please report this with the kernel's version.";
}

function unavailable(failure: NativeFailure, { runAs }: Plan): CscError {
  const cause = failure.errno === 0 ? "" : `: ${errnoText(failure.errno)}`;
  const unreachable = runAs.switched && failure.stage === "mounts" &&
    failure.errno === EACCES;
  return new CscError(
    failure.stage === "idmap" ? "NOT_ENFORCEABLE" : "SANDBOX_UNAVAILABLE",
    `build the sandbox, stage ${failure.stage}: ${failure.text}${cause}`,
    {
      hint: unreachable
        ? `Commands of root's run as uid ${runAs.uid} ("run_as"): let that user reach it.`
        : hintFor(failure),
    },
  );
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

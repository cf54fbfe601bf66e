/**
 * The request to the bridge and its answer, as bytes: mirrors struct
 * csc_request and csc_answer (native/bridge/bridge.h) and the launcher's
 * record (native/wire/status.h).
 *
 * @module
 */
import { toHex } from "../core/bytes.ts";

/** Which step of the native side failed; native/base/err.h. */
export const STAGES = [
  "none",
  "spawn",
  "cgroup",
  "user_namespace",
  "idmap",
  "plan",
  "session",
  "loopback",
  "identity",
  "mounts",
  "pivot",
  "hostname",
  "cwd",
  "limits",
  "capabilities",
  "no_new_privs",
  "landlock",
  "seccomp",
  "observe",
  "release",
  "exec",
  "supervise",
  "overlay",
] as const;

export type Stage = typeof STAGES[number];

/** What csc_run is asked. */
export interface RunRequest {
  readonly launcherFd: number;
  readonly planFd: number;
  readonly stdoutFd: number;
  readonly stderrFd: number;
  readonly escapeStdout: boolean;
  readonly escapeStderr: boolean;
  readonly deadlineMs: number;
  readonly stdoutCap: number;
  readonly stderrCap: number;
  readonly cgroupFilesLen: number;
  /** The gate that lets the command start. */
  readonly gateFd: number;
  /** The terminal that is told how long the command runs; -1 for none. */
  readonly progressFd: number;
}

/** A failure of the native side. */
export interface NativeFailure {
  readonly stage: Stage;
  readonly errno: number;
  readonly text: string;
}

/** How one segment ended. */
export interface SegmentStatus {
  /** Not 0: it was never executed. */
  readonly execErrno: number;
  /** Exit code, or null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: number | null;
  readonly userUs: number;
  readonly systemUs: number;
  readonly maxRssKib: number;
  /** Once it had started, its file was another than the one observed. */
  readonly changed: boolean;
}

/** One output stream, as the bridge counted and kept it. */
export interface StreamAnswer {
  readonly total: number;
  readonly kept: number;
  readonly sha256: string;
  /** Errno of the write that ended passing it on live; 0 where none failed. */
  readonly lost: number;
  /** Address of the kept bytes; valid until the answer is released. */
  readonly at: bigint;
}

/** How a run of csc_run came to its end; enum csc_outcome. */
export type Outcome = typeof OUTCOMES[number];

/** What csc_run answered. */
export interface RunAnswer {
  readonly outcome: Outcome;
  /** Signal that ended PID 1 of the sandbox, or 0. */
  readonly killedBy: number;
  /** The failure, of the bridge or of a stage of the launcher; else null. */
  readonly failure: NativeFailure | null;
  /** In the order applied; empty where there is no record. */
  readonly stagesApplied: readonly Stage[];
  readonly segments: readonly SegmentStatus[];
  readonly stdout: StreamAnswer;
  readonly stderr: StreamAnswer;
  readonly wallUs: number;
  readonly spawnUs: number;
  /** How long the command ran, by the clock of PID 1; 0 without its record. */
  readonly ranUs: number;
  /** Lower-case hex SHA-256 of the sealed plan. */
  readonly planSha256: string;
  /** Lower-case hex SHA-256 of the filter that was loaded, where it was observed. */
  readonly filterSha256: string;
  /** Of all processes of the sandbox together. */
  readonly userUs: number;
  readonly systemUs: number;
}

const REQUEST_LEN = 64;
const ERR_LEN = 264;
const ERR_TEXT = 256;
const SEGMENT_LEN = 40;
const MAX_SEGMENTS = 10;
const MAX_STAGES = 32;
const STATUS_ERR = 16 + MAX_STAGES;
const RAN_OFFSET = STATUS_ERR + ERR_LEN + SEGMENT_LEN * MAX_SEGMENTS;
const STATUS_LEN = RAN_OFFSET + 8;
const COUNTS_OFFSET = 8 + ERR_LEN;
const HASH_OFFSET = COUNTS_OFFSET + 8 * 8;
const DIGEST_OFFSET = HASH_OFFSET + 64 + 2 * 8;
const USAGE_OFFSET = DIGEST_OFFSET + 64;
const LOST_OFFSET = USAGE_OFFSET + 2 * 8;
const STATUS_OFFSET = LOST_OFFSET + 2 * 4;

/** Size of the answer buffer, bytes. */
export const ANSWER_LEN = STATUS_OFFSET + STATUS_LEN;

const OUTCOMES = [
  "not_started",
  "reported",
  "timed_out",
  "died",
  "abandoned",
] as const;
const STATUS_FAILED = 1;
const STATUS_ENDED = 2;

/** struct csc_request. */
export function encodeRequest(request: RunRequest): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(REQUEST_LEN);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, request.launcherFd, true);
  view.setInt32(4, request.planFd, true);
  view.setInt32(8, request.stdoutFd, true);
  view.setInt32(12, request.stderrFd, true);
  view.setUint32(16, request.escapeStdout ? 1 : 0, true);
  view.setUint32(20, request.escapeStderr ? 1 : 0, true);
  view.setBigUint64(24, BigInt(request.deadlineMs), true);
  view.setBigUint64(32, BigInt(request.stdoutCap), true);
  view.setBigUint64(40, BigInt(request.stderrCap), true);
  view.setBigUint64(48, BigInt(request.cgroupFilesLen), true);
  view.setInt32(56, request.gateFd, true);
  view.setInt32(60, request.progressFd, true);
  return bytes;
}

/**
 * struct csc_answer. A record that says neither that a stage failed nor how at
 * least one segment ended is no record: the run counts as one without.
 */
export function decodeAnswer(bytes: Uint8Array<ArrayBuffer>): RunAnswer {
  const view = new DataView(bytes.buffer);
  const number = (offset: number) => Number(view.getBigUint64(offset, true));
  const count = (index: number) => number(COUNTS_OFFSET + index * 8);
  const at = (index: number) =>
    view.getBigUint64(COUNTS_OFFSET + index * 8, true);
  const hash = (start: number) => toHex(bytes.subarray(start, start + 32));
  const kind = view.getUint32(STATUS_OFFSET + 4, true);
  const said = OUTCOMES[view.getUint32(0, true)] ?? "died";
  const outcome = said === "reported" && !isRecord(view) ? "died" : said;
  const reported = outcome === "reported";
  const failedInLauncher = reported && kind === STATUS_FAILED;
  return {
    outcome,
    killedBy: view.getInt32(4, true),
    failure: outcome === "not_started"
      ? decodeFailure(bytes, 8)
      : failedInLauncher
      ? decodeFailure(bytes, STATUS_OFFSET + STATUS_ERR)
      : null,
    stagesApplied: reported
      ? decodeStages(
        bytes,
        STATUS_OFFSET + 16,
        view.getUint32(STATUS_OFFSET + 8, true),
      )
      : [],
    segments: reported && !failedInLauncher ? decodeSegments(view) : [],
    stdout: {
      total: count(0),
      kept: count(2),
      sha256: hash(HASH_OFFSET),
      lost: view.getInt32(LOST_OFFSET, true),
      at: at(6),
    },
    stderr: {
      total: count(1),
      kept: count(3),
      sha256: hash(HASH_OFFSET + 32),
      lost: view.getInt32(LOST_OFFSET + 4, true),
      at: at(7),
    },
    wallUs: count(4),
    spawnUs: count(5),
    ranUs: reported ? counter(view, STATUS_OFFSET + RAN_OFFSET) : 0,
    planSha256: hash(DIGEST_OFFSET),
    filterSha256: hash(DIGEST_OFFSET + 32),
    userUs: counter(view, USAGE_OFFSET),
    systemUs: counter(view, USAGE_OFFSET + 8),
  };
}

function isRecord(view: DataView): boolean {
  const kind = view.getUint32(STATUS_OFFSET + 4, true);
  const segments = view.getUint32(STATUS_OFFSET + 12, true);
  return kind === STATUS_FAILED ||
    (kind === STATUS_ENDED && segments >= 1 && segments <= MAX_SEGMENTS);
}

/** A 64-bit counter; above what evidence can state, the largest it can. */
function counter(view: DataView, at: number): number {
  return Math.min(Number(view.getBigUint64(at, true)), Number.MAX_SAFE_INTEGER);
}

function decodeFailure(
  bytes: Uint8Array<ArrayBuffer>,
  offset: number,
): NativeFailure {
  const view = new DataView(bytes.buffer, offset, ERR_LEN);
  const text = bytes.subarray(offset + 8, offset + 8 + ERR_TEXT);
  const end = text.indexOf(0);
  return {
    stage: STAGES[view.getUint32(0, true)] ?? "none",
    errno: view.getInt32(4, true),
    text: new TextDecoder().decode(text.subarray(0, end < 0 ? ERR_TEXT : end)),
  };
}

/** Stages by their numbers, one byte each, in the order applied. */
export function decodeStages(
  bytes: Uint8Array<ArrayBuffer>,
  offset: number,
  count: number,
): Stage[] {
  const end = offset + Math.min(count, MAX_STAGES);
  return [...bytes.subarray(offset, end)].map((stage) =>
    STAGES[stage] ?? "none"
  );
}

function decodeSegments(view: DataView): SegmentStatus[] {
  const base = STATUS_OFFSET + STATUS_ERR + ERR_LEN;
  const count = view.getUint32(STATUS_OFFSET + 12, true);
  return Array.from({ length: count }, (_, index) => {
    const at = base + index * SEGMENT_LEN;
    const wait = view.getInt32(at + 4, true);
    const signal = wait & 0x7f;
    return {
      execErrno: view.getInt32(at, true),
      exitCode: signal === 0 ? (wait >> 8) & 0xff : null,
      signal: signal === 0 ? null : signal,
      userUs: counter(view, at + 8),
      systemUs: counter(view, at + 16),
      maxRssKib: counter(view, at + 24),
      changed: view.getUint32(at + 32, true) !== 0,
    };
  });
}

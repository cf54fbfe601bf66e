/**
 * One directory per run below `runs/` of the state directory.
 *
 * Only the intent is forced to disk here, once, before the first command: from
 * then on a crash leaves evidence that something ran (design invariant 5).
 * What is written afterwards repeats what is durable beside the receipt.
 *
 * @module
 */
import { utf8 } from "../core/bytes.ts";
import { canonicalText } from "../core/canonical.ts";
import type { JsonObject } from "../core/json.ts";
import type { CapturedStream } from "../execute/executor.ts";
import type { HeldDirectory } from "../execute/held_directory.ts";

/** Whether runs are recorded; the evidence repeats the word. */
export type LogSetting = "required" | "off";

/** What is known once a contract has been judged. */
export interface JudgedRun {
  readonly executionId: string;
  /** Canonical JSON of the contract. */
  readonly contract: string;
  readonly decision: JsonObject;
}

/** What is known at the end of a run. */
export interface EndedRun extends JudgedRun {
  /** Text of the evidence document and of the receipt, as beside the receipt. */
  readonly evidence: string;
  readonly receipt: string;
  /** Captured output of each command that ran, in order. */
  readonly outputs: readonly {
    readonly stdout: CapturedStream;
    readonly stderr: CapturedStream;
  }[];
}

/** Where runs are recorded. */
export interface RunRecords {
  readonly setting: LogSetting;
  /**
   * Records that a run is about to start its first command. Durable when it
   * returns. Throws STATE_UNAVAILABLE, in which case nothing may start.
   */
  intend(run: JudgedRun, intent: JsonObject): void;
  /** Records how a run ended, started or not. Throws STATE_UNAVAILABLE. */
  conclude(run: EndedRun): void;
}

/** For `log: off`, which the caller has to say in so many words. */
export const NO_RECORDS: RunRecords = {
  setting: "off",
  intend: () => {},
  conclude: () => {},
};

const FILE_MODE = 0o600;

/** Records runs in a state directory. */
export function createRunRecords(state: HeldDirectory): RunRecords {
  const open = (executionId: string, durable: boolean): HeldDirectory => {
    const runs = state.directory("runs");
    try {
      const own = runs.directory(executionId);
      // A durable file in a directory that a power cut takes away is no trace.
      if (durable) {
        runs.sync();
        state.sync();
      }
      return own;
    } finally {
      runs.close();
    }
  };
  const judged = (directory: HeldDirectory, run: JudgedRun) => {
    directory.put("contract.json", line(run.contract), FILE_MODE);
    directory.put("decision.json", document(run.decision), FILE_MODE);
  };
  let current: HeldDirectory | null = null;
  return {
    setting: "required",
    intend(run, intent) {
      current = open(run.executionId, true);
      judged(current, run);
      current.replace("intent.json", document(intent), FILE_MODE);
    },
    conclude(run) {
      const directory = current ?? open(run.executionId, false);
      if (current === null) judged(directory, run);
      current = null;
      try {
        for (const name of ["stdout", "stderr"] as const) {
          const bytes = concatenated(run.outputs.map((output) => output[name]));
          // No file means no output: most commands are silent on stderr.
          if (bytes.length > 0) directory.put(name, bytes, FILE_MODE);
        }
        directory.put("evidence.json", utf8(run.evidence), FILE_MODE);
        directory.put("receipt.json", utf8(run.receipt), FILE_MODE);
      } finally {
        directory.close();
      }
    },
  };
}

/**
 * The streams of all commands, one after another; the evidence says how many
 * bytes each one has.
 */
function concatenated(streams: readonly CapturedStream[]): Uint8Array {
  const [only, ...others] = streams;
  if (only !== undefined && others.length === 0) return only.bytes;
  const length = streams.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const all = new Uint8Array(length);
  let offset = 0;
  for (const { bytes } of streams) {
    all.set(bytes, offset);
    offset += bytes.length;
  }
  return all;
}

function document(value: JsonObject): Uint8Array {
  return line(canonicalText(value, { keepNulls: true }));
}

function line(text: string): Uint8Array {
  return utf8(`${text}\n`);
}

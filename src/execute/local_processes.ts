/**
 * The processes of one local command: started, connected, ended together.
 *
 * @module
 */
import type { EndingSignal, EndingSignals } from "./signals.ts";

/** A process with stderr piped to csc, and what of stdin and stdout is. */
export type Spawned = Deno.ChildProcess;

/** What ended a command before it ended itself. */
export type Stop = EndingSignal | "timeout" | null;

/** All segments of one command. */
export class LocalProcesses {
  readonly all: Spawned[] = [];
  /** Resolves once every process has ended. */
  readonly ended: Promise<void>;
  #markEnded!: () => void;
  #codes: number[] = [];

  /** @param direct Whether the segments' pipes lead past csc. */
  constructor(private readonly direct: boolean) {
    this.ended = new Promise((resolve) => this.#markEnded = resolve);
  }

  add(process: Spawned): void {
    this.all.push(process);
  }

  /**
   * Returns the last stdout. Pumps each other into the next stdin where no pipe
   * leads there.
   */
  connect(): ReadableStream<Uint8Array> {
    const pumped = this.direct ? 0 : this.all.length - 1;
    for (let index = 0; index < pumped; index++) {
      const reader = this.all[index + 1]!.stdin;
      // A reader that has gone away closes the pipe behind it, so that the
      // writer gets its SIGPIPE; that is how pipelines end, and no error.
      this.all[index]!.stdout.pipeTo(reader).catch(() => {});
    }
    return this.all.at(-1)!.stdout;
  }

  /**
   * Waits until all have ended, by themselves, at the deadline or because csc
   * is to end. Nothing of their process groups is left afterwards.
   *
   * @param timeoutSec Seconds for all of them together.
   */
  async settle(timeoutSec: number, signals: EndingSignals): Promise<Stop> {
    let stop: Stop = null;
    const end = (why: Stop) => {
      stop ??= why;
      this.killAll();
    };
    const timer = setTimeout(() => end("timeout"), timeoutSec * 1000);
    const forget = signals.onEnding(end);
    // One that came while the processes were being started told nobody here.
    const heard = signals.heard();
    if (heard !== null) end(heard);
    try {
      const statuses = await Promise.all(this.all.map(({ status }) => status));
      this.#codes = statuses.map(({ code }) => code);
    } finally {
      clearTimeout(timer);
      forget();
      this.killAll();
      this.#markEnded();
    }
    return stop;
  }

  /** Exit codes in the order of the segments; 128+N for signal N. */
  exitCodes(): readonly number[] {
    return this.#codes;
  }

  /** Ends what was started of a command that cannot be started whole. */
  async discard(): Promise<void> {
    this.killAll();
    for (const one of this.all) {
      await one.status;
      // All but the last one's, which has not started.
      if (!this.direct) await one.stdout.cancel();
      await one.stderr.cancel();
    }
    this.#markEnded();
  }

  /** Kills whatever is left in the process groups. */
  killAll(): void {
    for (const { pid } of this.all) {
      try {
        Deno.kill(-pid, "SIGKILL");
      } catch {
        // The group is empty: nothing is left to kill.
      }
    }
  }
}

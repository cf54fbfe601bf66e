/**
 * Exit codes above 128, for people.
 *
 * @module
 */

/** Signals that limits and people send; others are just their number. */
const SIGNALS: Readonly<Record<number, string>> = {
  1: "SIGHUP",
  2: "SIGINT",
  6: "SIGABRT",
  9: "SIGKILL",
  11: "SIGSEGV",
  13: "SIGPIPE",
  15: "SIGTERM",
  24: "SIGXCPU: more CPU time than sandbox.cpu_sec",
  25: "SIGXFSZ: a file larger than sandbox.file_mb",
  31: "SIGSYS: a system call of another ABI",
};

/** What an exit code of 128+N says, for people. */
export function signalWord(exitCode: number): string {
  const signal = SIGNALS[exitCode - 128];
  return signal === undefined ? "" : ` (${signal})`;
}

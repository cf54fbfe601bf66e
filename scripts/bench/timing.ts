/**
 * Times of processes and what to make of them.
 *
 * @module
 */

/** The times of one subject. */
export interface Sample {
  readonly milliseconds: number[];
}

/** Runs a process to its end; milliseconds of wall-clock time. Throws if it fails. */
export function timeProcess(argv: readonly string[], cwd: string): number {
  const [program = "", ...args] = argv;
  const command = new Deno.Command(program, {
    args,
    cwd,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  });
  const start = performance.now();
  const { code, stderr } = command.outputSync();
  const took = performance.now() - start;
  if (code !== 0) {
    const text = new TextDecoder().decode(stderr).trim();
    throw new Error(`run "${argv.join(" ")}": exit code ${code}: ${text}`);
  }
  return took;
}

/** Peak memory of a process, MiB, by its parent's accounts; python3 asks. */
export function peakMemory(argv: readonly string[]): number {
  const script = "import os, sys\n" +
    "pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)\n" +
    "_, status, usage = os.wait4(pid, 0)\n" +
    "print(usage.ru_maxrss if status == 0 else -1)\n";
  const command = new Deno.Command("python3", {
    args: ["-c", script, ...argv],
    stdin: "null",
    stderr: "null",
  });
  const text = new TextDecoder().decode(command.outputSync().stdout);
  // What the process printed itself comes first.
  const kib = Number(text.trim().split("\n").at(-1));
  if (!(kib > 0)) throw new Error(`measure "${argv.join(" ")}": ${text}`);
  return kib / 1024;
}

/** The middle of the values; NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? NaN;
  return sorted.length % 2 === 1
    ? upper
    : ((sorted[half - 1] ?? NaN) + upper) / 2;
}

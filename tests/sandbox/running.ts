/**
 * Processes of the tests: run to the end, or kept running while the test looks.
 *
 * @module
 */
import { AssertionError } from "node:assert/strict";

/** A process that ended, with all that it printed. */
export interface Finished {
  readonly code: number;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What to start. */
export interface Launch {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Record<string, string>;
  /** After how long it counts as hanging; default that of an attack. */
  readonly hangMs?: number;
}

/**
 * No attack takes this long, and it is shorter than the life of a survivor
 * (attackers/lifetime.c): a csc that waits for one fails its test.
 */
const HANG_MS = 30_000;

function command(launch: Launch): Deno.Command {
  const [program, ...args] = launch.argv;
  return new Deno.Command(program!, {
    args,
    cwd: launch.cwd,
    env: launch.env,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs one process to its end; throws when it hangs. */
export async function runToEnd(launch: Launch): Promise<Finished> {
  const child = command(launch).spawn();
  const readers = [child.stdout.getReader(), child.stderr.getReader()];
  let hung = false;
  const alarm = setTimeout(() => {
    hung = true;
    killQuietly(child);
    // Somebody else may hold the pipes open: do not wait for their end.
    for (const reader of readers) reader.cancel().catch(() => {});
  }, launch.hangMs ?? HANG_MS);
  const [stdout, stderr] = await Promise.all(readers.map(readText));
  const { code, signal } = await child.status;
  clearTimeout(alarm);
  if (hung) {
    const message = `run ${JSON.stringify(launch.argv)}: it hangs`;
    throw new AssertionError({ message });
  }
  return { code, signal, stdout: stdout!, stderr: stderr! };
}

async function readText(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<string> {
  const text = new TextDecoder();
  let all = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return all + text.decode();
    all += text.decode(value, { stream: true });
  }
}

function killQuietly(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended already.
  }
}

/** A process that a test talks about while it runs. */
export class Running {
  readonly #child: Deno.ChildProcess;
  readonly #read: Promise<void>;
  readonly #errors: Promise<void>;
  #output = "";
  #ended = false;

  constructor(launch: Launch) {
    this.#child = command(launch).spawn();
    this.#read = this.#collect(this.#child.stdout);
    this.#errors = this.#collect(this.#child.stderr);
    this.#child.status.then(() => this.#ended = true);
  }

  /** Host process id; wrappers in front of the program exec, so it is the program's. */
  get pid(): number {
    return this.#child.pid;
  }

  /** stdout and stderr so far. */
  get output(): string {
    return this.#output;
  }

  get ended(): boolean {
    return this.#ended;
  }

  async #collect(stream: ReadableStream<Uint8Array>): Promise<void> {
    const text = new TextDecoder();
    for await (const chunk of stream) {
      this.#output += text.decode(chunk, { stream: true });
    }
  }

  /** Waits until it has printed `text`. */
  async until(text: string): Promise<this> {
    await eventually(`"${text}" in ${JSON.stringify(this.#output)}`, () => {
      if (this.#ended && !this.#output.includes(text)) {
        throw new Error(`it ended without "${text}": ${this.#output}`);
      }
      return this.#output.includes(text);
    });
    return this;
  }

  /** Sends it a signal; nothing happens where it has ended. */
  kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }

  /** Waits for its end. */
  status(): Promise<Deno.CommandStatus> {
    return this.#child.status;
  }

  /** Ends it where it still runs, and waits until its output is read. */
  async end(): Promise<void> {
    if (!this.#ended) killQuietly(this.#child);
    await this.#child.status;
    await this.#read;
    await this.#errors;
  }
}

/** Polls until `condition` holds; throws when it never does (10 s). */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
  { everyMs = 20 } = {},
): Promise<void> {
  for (let round = 0; round < 10_000 / everyMs; round++) {
    if (await condition()) return;
    await pause(everyMs);
  }
  throw new AssertionError({ message: `wait for ${what}: it never came` });
}

/** Lets time pass: for what must not happen there is nothing to wait for. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}

/** Ends every host process whose command line contains `text`. */
export function endProcessesMentioning(text: string): void {
  for (const line of processesMentioning(text)) {
    try {
      Deno.kill(Number(line.split(" ")[0]), "SIGKILL");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** Host processes whose command line contains `text`, as "PID COMMAND". */
export function processesMentioning(text: string): string[] {
  const found: string[] = [];
  for (const entry of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(entry.name) || entry.name === String(Deno.pid)) continue;
    try {
      const line = Deno.readTextFileSync(`/proc/${entry.name}/cmdline`)
        .replaceAll("\0", " ");
      if (line.includes(text)) found.push(`${entry.name} ${line}`);
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

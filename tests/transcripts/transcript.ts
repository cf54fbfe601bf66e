/**
 * The format of transcripts (README.md): text to steps, and back.
 *
 * @module
 */

/** What a command came to; lines without their end. */
export interface Outcome {
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly code: number;
}

/** One command and what is expected of it. */
export interface Step {
  /** Text for `sh -c`, without the prompts. */
  readonly command: string;
  readonly expected: Outcome;
}

/** One session. */
export interface Transcript {
  /** Everything before the first command, as written. */
  readonly head: string;
  readonly needsSandbox: boolean;
  /** Name to content; see README.md for "NAME, changed". */
  readonly files: ReadonlyMap<string, string>;
  readonly steps: readonly Step[];
}

const FILE = /^-- (.+) --$/;
const EXIT_CODE = /^\[(\d+)\]$/;

/** Reads a transcript. */
export function parseTranscript(text: string): Transcript {
  const lines = text.split("\n");
  const first = lines.findIndex((line) => line.startsWith("$ "));
  if (first < 0) {
    throw new Error("a transcript needs a line that begins with $");
  }
  const head = lines.slice(0, first);
  return {
    head: head.join("\n"),
    needsSandbox: head.includes("needs: sandbox"),
    files: filesOf(head),
    steps: stepsOf(lines.slice(first)),
  };
}

function filesOf(head: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  let current: string | null = null;
  for (const line of head) {
    const name = FILE.exec(line)?.[1];
    if (name !== undefined) {
      current = name;
      files.set(name, "");
    } else if (current !== null) {
      files.set(current, `${files.get(current)}${line}\n`);
    }
  }
  // The empty line before the first command belongs to no file.
  if (current !== null) {
    files.set(current, files.get(current)!.replace(/\n\n$/, "\n"));
  }
  return files;
}

function stepsOf(lines: readonly string[]): Step[] {
  const steps: Step[] = [];
  const block: string[] = [];
  const flush = () => {
    if (block.length > 0) steps.push(stepOf(block.splice(0)));
  };
  for (const line of lines) {
    if (line.startsWith("$ ")) flush();
    block.push(line);
  }
  flush();
  return steps;
}

function stepOf(block: readonly string[]): Step {
  const after = block.findIndex((line, index) =>
    index > 0 && !line.startsWith("> ")
  );
  const end = after < 0 ? block.length : after;
  const rest = block.slice(end);
  while (rest.at(-1) === "") rest.pop();
  const code = EXIT_CODE.exec(rest.at(-1) ?? "")?.[1];
  if (code !== undefined) rest.pop();
  return {
    command: block.slice(0, end).map((line) => line.slice(2)).join("\n"),
    expected: {
      stdout: rest.filter((line) => !line.startsWith("2> ")),
      stderr: rest.filter((line) => line.startsWith("2> "))
        .map((line) => line.slice(3)),
      code: Number(code ?? 0),
    },
  };
}

/** What a person sees of an outcome, as transcripts write it. */
export function outcomeText({ stdout, stderr, code }: Outcome): string {
  return [
    ...stdout,
    ...stderr.map((line) => `2> ${line}`),
    ...(code === 0 ? [] : [`[${code}]`]),
  ].join("\n");
}

/** The text of a transcript whose steps came to `outcomes`. */
export function formatTranscript(
  { head, steps }: Transcript,
  outcomes: readonly Outcome[],
): string {
  const blocks = steps.map(({ command }, index) => {
    const prompt = `$ ${command.replaceAll("\n", "\n> ")}`;
    const seen = outcomeText(outcomes[index]!);
    return seen === "" ? prompt : `${prompt}\n${seen}`;
  });
  return `${head}\n${blocks.join("\n\n")}\n`;
}

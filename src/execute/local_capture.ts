/**
 * One output stream of a local command: shown while it comes, kept up to a cap.
 *
 * @module
 */
import { causeText } from "../core/errors.ts";
import { sha256Hex } from "../core/digest.ts";
import { visible } from "../core/text.ts";
import { errnoText } from "./errno.ts";
import type { CapturedStream } from "./executor.ts";

/**
 * Writes to a descriptor; a descriptor of -1, or one closed or without a reader,
 * swallows it. Rejects where it cannot be written for any other reason.
 */
export type LiveWriter = (fd: number, bytes: Uint8Array) => Promise<void>;

/**
 * How long a stream may stay silent after its command has ended, milliseconds.
 * Something that left the process group may hold the pipe open for ever.
 */
const GRACE_MS = 500;

/** Collects one stream. */
export class LocalCapture {
  /** True once a drain was given up because somebody still held the pipe. */
  abandoned = false;
  #kept: Uint8Array[] = [];
  #keptLength = 0;
  #total = 0;
  /** Why nothing is shown any more, or null. */
  #lost: string | null = null;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  constructor(
    private readonly cap: number,
    private readonly live: (bytes: Uint8Array) => Promise<void>,
    private readonly escape: boolean,
  ) {}

  /**
   * Reads a stream to its end.
   *
   * @param ended Resolves when the command has ended; from then on silence
   * counts as the end.
   */
  async drain(
    stream: ReadableStream<Uint8Array>,
    ended: Promise<void>,
  ): Promise<void> {
    const reader = stream.getReader();
    let reads = 0;
    let waiting = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const watch = (seen: number) => {
      if (over) return;
      // Only silence of the pipe counts, not a terminal that takes its time.
      if (waiting && reads === seen) {
        this.abandoned = true;
        reader.cancel().catch(() => {});
      } else {
        const now = reads;
        timer = setTimeout(() => watch(now), GRACE_MS);
      }
    };
    ended.then(() => watch(-1));
    try {
      while (true) {
        waiting = true;
        const { done, value } = await reader.read();
        waiting = false;
        if (done) break;
        reads++;
        await this.#take(value);
      }
    } finally {
      over = true;
      clearTimeout(timer);
    }
  }

  /** What was captured; call once, after every drain. */
  async finish(): Promise<CapturedStream> {
    if (this.escape) await this.#show(this.#visible(new Uint8Array(), true));
    const bytes = new Uint8Array(this.#keptLength);
    let offset = 0;
    for (const part of this.#kept) {
      bytes.set(part, offset);
      offset += part.length;
    }
    return {
      bytes,
      total: this.#total,
      truncated: this.#total > this.cap,
      sha256: await sha256Hex(bytes),
      ...(this.#lost === null ? {} : { lost: this.#lost }),
    };
  }

  async #take(chunk: Uint8Array): Promise<void> {
    this.#total += chunk.length;
    const room = this.cap - this.#keptLength;
    if (room > 0) {
      const part = chunk.length > room ? chunk.slice(0, room) : chunk;
      this.#kept.push(part);
      this.#keptLength += part.length;
    }
    await this.#show(this.escape ? this.#visible(chunk, false) : chunk);
  }

  /** Nothing more follows bytes that were lost; the command goes on. */
  async #show(bytes: Uint8Array): Promise<void> {
    if (this.#lost !== null) return;
    try {
      await this.live(bytes);
    } catch (error) {
      this.#lost ??= lossText(error);
    }
  }

  /** A person is reading: a character may come in two chunks, hence the decoder. */
  #visible(chunk: Uint8Array, last: boolean): Uint8Array {
    const text = this.#decoder.decode(chunk, { stream: !last });
    return new TextEncoder().encode(visible(text, { keepLayout: true }));
  }
}

/** The cause in csc's own words where the error names its number. */
function lossText(error: unknown): string {
  const cause = causeText(error);
  const errno = /\(os error (\d+)\)$/.exec(cause)?.[1];
  return errno === undefined ? cause : errnoText(Number(errno));
}
